// SPDX-License-Identifier: MIT

// The device's names: those that a browser may send as `Host`, and the URL to open.

import NIOCore
import SystemCalls

extension ProgramSettings {
  /// The names that a browser may put into `Host`: those given, the machine's own, and that with `.local`.
  var knownHostNames: [[UInt8]] {
    let own = System.hostName
    return (hostNames + [host, own, own + ".local"]).map { Array($0.utf8) }
  }

  /// Where to point a browser; the port is that for TLS if there is one.
  func url(port: Int) -> String { "\(tls == nil ? "http" : "https")://\(urlHost):\(port)/" }

  /// The host in a URL.
  var urlHost: String {
    let name = isForAll ? System.hostName : host
    return name.contains(":") ? "[\(name)]" : name
  }
}

extension System {
  fileprivate static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
