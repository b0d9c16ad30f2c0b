// SPDX-License-Identifier: MIT

// Addresses that share a prefix (RFC 4632 section 3.1; for IPv6 RFC 4291 section 2.3): which proxies are believed.

#if !WITHOUT_PROXIES
  import Bytes

  /// One address, or all addresses of a network.
  public struct AddressRange: Equatable, Sendable {
    private let address: RemoteAddress
    /// How many of the first bits count.
    private let length: Int

    /// The range that `text` writes: `127.0.0.1`, `192.168.1.0/24`, `::1` or `fd00::/8`.
    ///
    /// A range of IPv4 addresses that are mapped into IPv6 (`::ffff:192.168.1.0/120`) is one of IPv4.
    /// - Throws: What is wrong with it; see `AddressRangeError.words`.
    public init(parsing text: Span<UInt8>) throws(AddressRangeError) {
      let slash = text.firstIndex(of: UInt8(ascii: "/")) ?? text.count
      let start = text.extracting(0..<slash)
      guard let address = RemoteAddress(parsing: start) else { throw .malformedAddress }
      let isMapped = address.family == .ipv4 && start.firstIndex(of: UInt8(ascii: ":")) != nil
      let most = address.family == .ipv4 ? 32 : 128
      self.address = address
      guard slash < text.count else {
        length = most
        return
      }
      let digits = text.extracting(slash + 1..<text.count)
      guard digits.count <= 3, let number = digits.decimalValue else { throw .malformedLength }
      let bits = Int(number) - (isMapped ? 96 : 0)
      guard bits <= most, bits >= 0 else { throw .malformedLength }
      guard bits > 0 else { throw .everyone }
      length = bits
      guard address.isZero(after: bits) else { throw .bitsBeyondLength }
    }

    /// Whether an address is in the range; its port does not matter.
    public func contains(_ other: RemoteAddress) -> Bool {
      address.family == other.family && address.hasSamePrefix(as: other, length)
    }
  }

  /// Why a text is no range of addresses.
  public enum AddressRangeError: Error, Equatable, Sendable {
    /// What stands before the slash, or all of it, is no IP address.
    case malformedAddress
    /// What stands behind the slash is no length that such an address has.
    case malformedLength
    /// The address has bits that the length does not reach: `192.168.1.7/24`.
    case bitsBeyondLength
    /// The length 0 means everyone.
    case everyone

    /// What is wrong, and the right form.
    public var words: StaticString {
      switch self {
      case .malformedAddress: "it is not an IP address; write 127.0.0.1, ::1 or a network such as 192.168.1.0/24"
      case .malformedLength: "the number behind the slash must be 1 to 32, or 1 to 128 for IPv6"
      case .bitsBeyondLength: "the address goes on behind the network's bits; write 192.168.1.0/24, or one address"
      case .everyone: "/0 is every address there is, and nobody could be told from a proxy"
      }
    }
  }

  extension RemoteAddress {
    /// Whether the first bits of both are equal; 1 to 32 of IPv4, 1 to 128 of IPv6.
    fileprivate func hasSamePrefix(as other: RemoteAddress, _ length: Int) -> Bool {
      let (high, low) = Self.masks(family == .ipv4 ? length + 96 : length)
      return (self.high ^ other.high) & high == 0 && (self.low ^ other.low) & low == 0
    }

    fileprivate func isZero(after length: Int) -> Bool {
      let (high, low) = Self.masks(family == .ipv4 ? length + 96 : length)
      return self.high & ~high == 0 && self.low & ~low == 0
    }

    /// Ones where the first `length` of 128 bits are.
    private static func masks(_ length: Int) -> (UInt64, UInt64) {
      (length >= 64 ? .max : ~(.max >> UInt64(length)), length <= 64 ? 0 : ~(.max >> UInt64(length - 64)))
    }
  }
#endif
