// SPDX-License-Identifier: MIT

// The address of a client, as plain numbers: below the Embedded line there is no socket address type. Written as RFC
// 5952 says; an IPv4 address that came mapped into IPv6 is written as IPv4.

import Bytes

/// The address and port of a peer.
public struct RemoteAddress: Hashable, Sendable {
  enum Family: UInt8, Sendable { case unknown, ipv4, ipv6 }

  let high: UInt64
  let low: UInt64
  /// The peer's TCP port, or 0 if there is none.
  public let port: UInt16
  let family: Family  // last, as all that is small: thousands of rows have one

  private init(family: Family, high: UInt64, low: UInt64, port: UInt16) {
    self.family = family
    self.high = high
    self.low = low
    self.port = port
  }

  /// A peer without an address, for instance over a pipe.
  public static let unknown = RemoteAddress(family: .unknown, high: 0, low: 0, port: 0)

  /// An IPv4 address, its first octet in the highest byte.
  public static func ipv4(_ address: UInt32, port: UInt16) -> RemoteAddress {
    RemoteAddress(family: .ipv4, high: 0, low: UInt64(address), port: port)
  }

  /// An IPv6 address, its first eight octets in `high`; a mapped IPv4 address (`::ffff:0:0/96`) becomes IPv4.
  public static func ipv6(high: UInt64, low: UInt64, port: UInt16) -> RemoteAddress {
    if high == 0, low >> 32 == 0xFFFF { return .ipv4(UInt32(truncatingIfNeeded: low), port: port) }
    return RemoteAddress(family: .ipv6, high: high, low: low, port: port)
  }

  /// The address without a port.
  public var host: RemoteAddress { RemoteAddress(family: family, high: high, low: low, port: 0) }

  /// Whether the address is the same, whatever the ports are.
  public func isSameHost(as other: RemoteAddress) -> Bool {
    family == other.family && high == other.high && low == other.low
  }

  /// The network that counts as one sender: an IPv4 address, or the /64 that a household or a machine chooses its IPv6
  /// addresses from (RFC 6177, RFC 8981); without a port.
  public var network: RemoteAddress {
    RemoteAddress(family: family, high: high, low: family == .ipv6 ? 0 : low, port: 0)
  }

  /// Whether it is this machine's own address: 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    switch family {
    case .unknown: false
    case .ipv4: low >> 24 == 127
    case .ipv6: high == 0 && low == 1
    }
  }

  /// The address in network byte order: 4 octets, 16, or none.
  public var octets: [UInt8] {
    switch family {
    case .unknown: []
    case .ipv4: Self.lastOctets(4, of: low)
    case .ipv6: Self.lastOctets(8, of: high) + Self.lastOctets(8, of: low)
    }
  }

  private static func lastOctets(_ count: UInt64, of half: UInt64) -> [UInt8] {
    (1...count).map { number in UInt8(truncatingIfNeeded: half >> (8 * (count - number))) }
  }

  /// The address without the port, as `appendAddress` writes it.
  public var addressText: [UInt8] {
    var text: [UInt8] = []
    appendAddress(to: &text)
    return text
  }

  /// Appends the address without the port: `192.168.1.100`, `fe80::1`, or `unknown`.
  public func appendAddress(to text: inout [UInt8]) {
    switch family {
    case .unknown: text.append("unknown")
    case .ipv4:
      for octet in 0..<4 {
        if octet > 0 { text.append(UInt8(ascii: ".")) }
        text.append(decimal: UInt8(truncatingIfNeeded: low >> UInt64(24 - 8 * octet)))
      }
    case .ipv6:
      #if !WITHOUT_IPV6  // a firmware whose network knows IPv4 only sets it
        appendGroups(to: &text)
      #endif
    }
  }

  private func group(_ index: Int) -> UInt16 {
    let half = index < 4 ? high : low
    return UInt16(truncatingIfNeeded: half >> UInt64(48 - (index & 3) * 16))
  }

  /// RFC 5952 section 4: lower case, no leading zeros, the longest run of two or more zero groups as `::`.
  private func appendGroups(to text: inout [UInt8]) {
    var longest = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || group(index) != 0 {
      if index - start > max(longest.count, 1) { longest = start..<index }
      start = index + 1
    }
    var index = 0
    while index < 8 {
      if index == longest.lowerBound, !longest.isEmpty {
        text.append("::")
        index = longest.upperBound
      } else {
        if index > 0, index != longest.upperBound { text.append(UInt8(ascii: ":")) }
        text.append(hexadecimal: group(index))
        index += 1
      }
    }
  }
}
