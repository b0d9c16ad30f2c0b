// SPDX-License-Identifier: MIT

// The device's names: those that a browser may send as `Host`, and the URL to open.

import DeviceDescription
import DeviceServer
import HostNetwork
import SystemCalls

extension ProgramSettings {
  /// What routers put behind the name of a machine, beside what they tell the machine itself: multicast DNS (RFC 6762),
  /// OpenWrt, the home network of RFC 8375, FRITZ!Box, older routers, and what ICANN keeps free for private use.
  private static let usualDomains = ["local", "lan", "home.arpa", "fritz.box", "home", "internal"]

  /// The names that a browser may put into `Host`: those given, those of the origins that are invited, and the
  /// machine's own, alone and in the domains that its network may put behind it. The network's domains may change.
  var knownHostNames: [[UInt8]] {
    let own = System.hostName
    let name = own.prefix { $0 != "." }
    let domains = Self.usualDomains + SearchDomains.current()
    let names = hostNames + [host, own, String(name)] + domains.map { "\(name).\($0)" }
    var known: [[UInt8]] = []
    for text in names {
      guard let name = try? HostName(text) else { continue }  // a search list may have anything, "." for one
      let bytes = Array(name.text.utf8)
      if !known.contains(bytes) { known.append(bytes) }
    }
    return known + proxies.origins.map(\.host)
  }

  /// Where to point a browser: at a name or an address of the device, by default at the one that was given; the port is
  /// that for TLS if there is one.
  func url(port: Int, name: String? = nil) -> String {
    let name = name ?? (isForAll ? System.hostName : host)
    return "\(tls == nil ? "http" : "https")://\(Self.inURL(name)):\(port)/"
  }

  /// The host in a URL.
  var urlHost: String { Self.inURL(isForAll ? System.hostName : host) }

  private static func inURL(_ name: String) -> String { name.contains(":") ? "[\(name)]" : name }
}

/// This machine.
enum System {
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
