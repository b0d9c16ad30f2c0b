// SPDX-License-Identifier: MIT

// Addresses as text: IPv4 as four decimal numbers, IPv6 as RFC 4291 section 2.2 writes it, and the node of a
// forwarding field (RFC 7239 section 6). Strict: what two readers could understand in two ways, such as an octet of
// `010`, is none.

#if !WITHOUT_PROXIES
  import Bytes

  extension RemoteAddress {
    /// The address that `text` writes, without a port or brackets; nil if it is none.
    public init?(parsing text: Span<UInt8>) {
      if let address = AddressText.ipv4(text) {
        self = .ipv4(address, port: 0)
      } else if let (high, low) = AddressText.ipv6(text) {
        self = .ipv6(high: high, low: low, port: 0)
      } else {
        return nil
      }
    }

    /// The node of a forwarding field: an address, in brackets if it is of IPv6, `unknown`, or a word that begins with
    /// `_` and means something to a proxy only, each with or without a port; nil if it is none of these.
    ///
    /// X-Forwarded-For has IPv6 addresses without brackets, too. An address that is hidden becomes `unknown`.
    init?(node: Span<UInt8>) {
      if let address = RemoteAddress(parsing: node) {
        self = address
        return
      }
      var end = node.count
      var port: UInt16 = 0
      if let colon = node.lastIndex(of: UInt8(ascii: ":")), node[node.count - 1] != UInt8(ascii: "]") {
        guard let number = AddressText.port(node.extracting(colon + 1..<node.count)) else { return nil }
        (end, port) = (colon, number)
      }
      let name = node.extracting(0..<end)
      if name.count > 2, name[0] == UInt8(ascii: "["), name[end - 1] == UInt8(ascii: "]") {
        guard let (high, low) = AddressText.ipv6(name.extracting(1..<end - 1)) else { return nil }
        self = .ipv6(high: high, low: low, port: port)
      } else if let address = AddressText.ipv4(name) {
        self = .ipv4(address, port: port)
      } else if name.equalsIgnoringCase("unknown") || AddressText.isObfuscated(name) {
        self = .unknown
      } else {
        return nil
      }
    }
  }

  private enum AddressText {
    /// Four numbers of at most 255 between dots, without leading zeros.
    static func ipv4(_ text: Span<UInt8>) -> UInt32? {
      guard RequestGuard.isIPv4(text) else { return nil }
      var address: UInt32 = 0
      var start = 0
      while start < text.count {
        let end = text.firstIndex(of: UInt8(ascii: "."), from: start) ?? text.count
        let octet = text.extracting(start..<end)
        guard octet.count == 1 || octet[0] != UInt8(ascii: "0"), let value = octet.decimalValue else { return nil }
        address = address << 8 | UInt32(truncatingIfNeeded: value)
        start = end + 1
      }
      return address
    }

    /// Eight groups of up to four digits; `::` once for some that are zero; the last two may be an IPv4 address.
    static func ipv6(_ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
      var groups = InlineArray<8, UInt16>(repeating: 0)
      var count = 0
      var gap: Int?
      var index = 0
      if text.starts(with: "::") { (gap, index) = (0, 2) }
      while index < text.count {
        let end = text.firstIndex(of: UInt8(ascii: ":"), from: index) ?? text.count
        let piece = text.extracting(index..<end)
        if end == text.count, let tail = ipv4(piece) {
          guard count <= 6 else { return nil }
          groups[count] = UInt16(truncatingIfNeeded: tail >> 16)
          groups[count + 1] = UInt16(truncatingIfNeeded: tail)
          count += 2
          break
        }
        guard count < 8, let value = group(piece) else { return nil }
        groups[count] = value
        count += 1
        guard end < text.count else { break }
        index = end + 1
        guard index < text.count else { return nil }  // it ends with one colon
        if text[index] == UInt8(ascii: ":") {
          guard gap == nil else { return nil }
          gap = count
          index += 1
        }
      }
      guard gap == nil ? count == 8 : count < 8 else { return nil }
      return halves(of: groups, count, gap: gap ?? 8)
    }

    private static func group(_ text: Span<UInt8>) -> UInt16? {
      guard (1...4).contains(text.count) else { return nil }
      var value: UInt16 = 0
      for index in text.indices {
        guard let digit = text[index].hexadecimalValue else { return nil }
        value = value << 4 | UInt16(digit)
      }
      return value
    }

    /// Moves the groups behind the gap to the end.
    private static func halves(of groups: InlineArray<8, UInt16>, _ count: Int, gap: Int) -> (UInt64, UInt64) {
      var (high, low): (UInt64, UInt64) = (0, 0)
      for place in 0..<8 {
        let source = place < gap ? place : place - (8 - count)
        let value: UInt16 = source >= gap || place < gap ? groups[source] : 0
        high = high << 16 | low >> 48
        low = low << 16 | UInt64(value)
      }
      return (high, low)
    }

    /// `1*5DIGIT`, or a word that hides it, which is 0 here (RFC 7239 section 6).
    static func port(_ text: Span<UInt8>) -> UInt16? {
      if isObfuscated(text) { return 0 }
      guard text.count <= 5, let value = text.decimalValue else { return nil }
      return UInt16(exactly: value)
    }

    /// `"_" 1*( ALPHA / DIGIT / "." / "_" / "-" )` (RFC 7239 section 6.3).
    static func isObfuscated(_ text: Span<UInt8>) -> Bool {
      guard text.count > 1, text[0] == UInt8(ascii: "_") else { return false }
      for index in 1..<text.count {
        switch text[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): continue
        default: return false
        }
      }
      return true
    }
  }

  extension Span<UInt8> {
    fileprivate func lastIndex(of byte: UInt8) -> Int? {
      var index = count
      while index > 0 {
        index -= 1
        if self[index] == byte { return index }
      }
      return nil
    }
  }
#endif
