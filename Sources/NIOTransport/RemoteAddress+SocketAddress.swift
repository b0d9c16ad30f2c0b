// SPDX-License-Identifier: MIT

// A socket's address as plain numbers. The fields of `sockaddr_in` and `sockaddr_in6` belong to a module that SwiftNIO
// keeps to itself; their places are the same on Linux and macOS: the port at 2, an IPv4 address at 4, IPv6 at 8.

public import DeviceServer
public import NIOCore

extension RemoteAddress {
  /// The peer's address, or `unknown` for a Unix socket.
  public init(_ address: SocketAddress?) {
    let port = UInt16(truncatingIfNeeded: address?.port ?? 0)
    switch address {
    case .v4(let v4):
      self = withUnsafeBytes(of: v4.address) { raw in
        .ipv4(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)), port: port)
      }
    case .v6(let v6):
      self = withUnsafeBytes(of: v6.address) { raw in
        .ipv6(
          high: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
          low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)), port: port)
      }
    case .unixDomainSocket, nil:
      self = .unknown
    }
  }
}
