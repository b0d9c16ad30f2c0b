// SPDX-License-Identifier: MIT

// An address of this machine, and which of several to show: the one that most others can reach.
// Source: RFC 3927 (169.254.0.0/16) and RFC 4291 section 2.4 (fe80::/10): addresses that reach one link only.

import DeviceServer
import SystemCalls

/// An address of an interface.
struct InterfaceAddress: Equatable, Sendable {
  /// How far an address reaches and how familiar it is, best first.
  enum Reach: UInt8, Comparable, Sendable {
    case ipv4, ipv6, linkIPv4, linkIPv6

    static func < (left: Reach, right: Reach) -> Bool { left.rawValue < right.rawValue }
  }

  let address: RemoteAddress
  let reach: Reach
  /// Whether it is an IPv6 address that the internet knows (2000::/3), or one of the local network (fc00::/7).
  private(set) var isGlobal = false
  private(set) var isUniqueLocal = false

  /// An IPv4 address, its first octet in the highest byte; nil for `0.0.0.0`, which stands for none.
  init?(ipv4 address: UInt32) {
    guard address != 0 else { return nil }
    self.address = .ipv4(address, port: 0)
    reach = address >> 16 == 0xA9FE ? .linkIPv4 : .ipv4
  }

  /// An IPv6 address, its first eight octets in `high`; nil for `::`, which stands for none.
  init?(high: UInt64, low: UInt64) {
    guard high != 0 || low != 0 else { return nil }
    address = .ipv6(high: high, low: low, port: 0)
    reach = high >> 54 == 0xFE80 >> 6 ? .linkIPv6 : .ipv6
    isGlobal = high >> 61 == 0b001
    isUniqueLocal = high >> 57 == 0xFC >> 1
  }

  /// The address in `socketAddress`, if it is of the internet.
  init?(_ socketAddress: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(socketAddress)
    switch Int32(socketAddress.pointee.sa_family) {
    case AF_INET:
      let address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
      self.init(ipv4: UInt32(bigEndian: address))
    case AF_INET6:
      var address = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      let halves = withUnsafeBytes(of: &address) {
        (high: $0.loadUnaligned(as: UInt64.self), low: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      }
      self.init(high: Self.withoutScope(UInt64(bigEndian: halves.high)), low: UInt64(bigEndian: halves.low))
    default: return nil
    }
  }

  /// The systems that come from BSD keep the number of the link in the second group of an address that reaches it only.
  private static func withoutScope(_ high: UInt64) -> UInt64 {
    high >> 54 == 0xFE80 >> 6 ? high & 0xFFFF_0000_0000_0000 : high
  }
}
