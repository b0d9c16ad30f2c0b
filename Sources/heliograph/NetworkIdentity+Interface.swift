// SPDX-License-Identifier: MIT

// Which interface has an address, and its hardware address: what the seed prints when it has reached the network.

import Bytes
import DeviceServer
import NIOCore
import NIOPosix
import NIOTransport
import RemoteControl

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension NetworkIdentity {
  /// The interface that has `address`; for the address of all interfaces, the first one that is not loopback.
  init(boundTo address: SocketAddress) {
    let devices = (try? System.enumerateDevices()) ?? []
    let isWildcard = address.ipAddress == "0.0.0.0" || address.ipAddress == "::"
    let device = devices.first { device in
      guard let own = device.address, let ip = own.ipAddress else { return false }
      return isWildcard ? own.protocol == .inet && !ip.hasPrefix("127.") : ip == address.ipAddress
    }
    self.init(
      hardwareAddress: device.map { Self.hardwareAddress(of: $0.name) } ?? InlineArray(repeating: 0),
      address: RemoteAddress(isWildcard ? device?.address ?? address : address))
  }

  /// The hardware address of an interface; zero for loopback, and where the system does not tell.
  private static func hardwareAddress(of interface: String) -> InlineArray<6, UInt8> {
    var address = InlineArray<6, UInt8>(repeating: 0)
    guard let file = fopen("/sys/class/net/\(interface)/address", "r") else { return address }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 18)  // 30:ae:a4:97:f3:0c
    guard fgets(&line, 18, file) != nil else { return address }
    let groups = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split(separator: ":")
    guard groups.count == 6 else { return address }
    for (index, group) in groups.enumerated() { address[index] = UInt8(group.prefix(2), radix: 16) ?? 0 }
    return address
  }
}

extension Heliograph {
  /// The names that a browser may put into `Host`: those given, the machine's own, and that with `.local`.
  var knownHostNames: [[UInt8]] {
    let own = System.hostName
    return (hostName + [host, own, own + ".local"]).map { Array($0.utf8) }
  }

  /// Where to point a browser.
  func url(port: Int) -> String {
    let name = host == "0.0.0.0" || host == "::" ? System.hostName : host
    return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)/"
  }
}

extension System {
  fileprivate static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
