// SPDX-License-Identifier: MIT

// What a device at home may be called, and what nobody else on the internet is: domains that are kept for local
// networks and addresses that no router passes on. IPv6 is the exception: a home's addresses are global ones.

#if TLS
  import SwiftASN1

  enum LocalNames {
    /// RFC 6762 (local), RFC 8375 (home.arpa), RFC 6761 (localhost), ICANN 2024 (internal), and what routers give.
    static let domains = ["local", "home.arpa", "localhost", "internal", "lan", "home", "fritz.box"]

    static func contains(_ name: String) -> Bool { domains.contains { name == $0 || name.hasSuffix("." + $0) } }

    /// Address and mask each: RFC 1918, 6598, 3927, 1122; RFC 4291 (::1, fe80::/10), 4193 (fc00::/7), 3587 (2000::/3).
    static let ranges: [ASN1OctetString] = [
      v4(10, 0, 0, 0, 8), v4(172, 16, 0, 0, 12), v4(192, 168, 0, 0, 16), v4(100, 64, 0, 0, 10), v4(169, 254, 0, 0, 16),
      v4(127, 0, 0, 0, 8), v6([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128), v6([0xFE, 0x80], 10),
      v6([0xFC], 7), v6([0x20], 3),
    ]

    /// The range of one address, unless it is in one of the above.
    static func range(of address: [UInt8]) -> ASN1OctetString? {
      guard !ranges.contains(where: { range(Array($0.bytes), contains: address) }) else { return nil }
      return range(address, 8 * address.count)
    }

    /// Whether an address is in a range of address and mask.
    static func range(_ range: [UInt8], contains address: [UInt8]) -> Bool {
      guard range.count == 2 * address.count else { return false }
      return address.indices.allSatisfy { (address[$0] ^ range[$0]) & range[address.count + $0] == 0 }
    }

    private static func v4(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ length: Int) -> ASN1OctetString {
      range([a, b, c, d], length)
    }

    private static func v6(_ beginning: [UInt8], _ length: Int) -> ASN1OctetString {
      range(beginning + [UInt8](repeating: 0, count: 16 - beginning.count), length)
    }

    private static func range(_ address: [UInt8], _ length: Int) -> ASN1OctetString {
      let mask = address.indices.map { index in
        UInt8(truncatingIfNeeded: 0xFF00 >> min(max(length - 8 * index, 0), 8))
      }
      return ASN1OctetString(contentBytes: (address + mask)[...])
    }
  }
#endif
