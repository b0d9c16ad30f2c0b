// SPDX-License-Identifier: MIT

// The device's names: those that a browser may send as `Host`, and the URL to open.

import DeviceServer
import NIOCore
import SystemCalls

extension ProgramSettings {
  /// The names that a browser may put into `Host`: those given, the machine's own, that with `.local`, and those of
  /// the origins that are invited.
  var knownHostNames: [[UInt8]] {
    let own = System.hostName
    return (hostNames + [host, own, own + ".local"]).map { Array($0.utf8) } + proxies.origins.map(\.host)
  }

  /// Where to point a browser: at a name or an address of the device, by default at the one that was given.
  func url(port: Int, name: String? = nil) -> String {
    let name = name ?? (isForAll ? System.hostName : host)
    return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)/"
  }
}

extension System {
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
