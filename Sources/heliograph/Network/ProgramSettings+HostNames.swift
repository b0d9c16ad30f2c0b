// SPDX-License-Identifier: MIT

// The device's names: those that a browser may send as `Host`, and the URL to open.

import DeviceDescription
import DeviceServer
import HostNetwork

extension ProgramSettings {
  /// The names that a browser may put into `Host`: those given, those of the origins that are invited, and the
  /// machine's own, which may change (`HostNamesKeeper`).
  var knownHostNames: [[UInt8]] {
    var known: [[UInt8]] = []
    for text in hostNames + [host] + MachineNames.all() {
      guard let name = try? HostName(text) else { continue }  // a search list may have anything, "." for one
      let bytes = Array(name.text.utf8)
      if !known.contains(bytes) { known.append(bytes) }
    }
    return known + proxies.origins.map(\.host)
  }

  /// Where to point a browser: at a name or an address of the device, by default at the one that was given; the port is
  /// that for TLS if there is one.
  func url(port: Int, name: String? = nil) -> String {
    let name = name ?? (isForAll ? MachineNames.hostName : host)
    return "\(tls == nil ? "http" : "https")://\(MachineNames.inURL(name)):\(port)/"
  }

  /// The host in a URL.
  var urlHost: String { MachineNames.inURL(isForAll ? MachineNames.hostName : host) }
}
