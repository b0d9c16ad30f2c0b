// SPDX-License-Identifier: MIT

// What a certificate says the server is called: DNS names and IP addresses (RFC 5280 section 4.2.1.6). A browser looks
// nowhere else. Order and repetition mean nothing, so that a change is a change.

/// The names and addresses of a server.
public struct CertificateNames: Equatable, Sendable {
  /// DNS names in lower case, in order. What cannot be one (RFC 1123 section 2.1) is left out: more than 253 bytes,
  /// more than 63 between two dots, an address.
  public let names: [String]
  /// Addresses of 4 or 16 octets, in network order each, sorted; those of another length are left out.
  public let addresses: [[UInt8]]

  /// Those names, with or without a final dot, and those addresses.
  public init(names: some Sequence<String>, addresses: some Sequence<[UInt8]>) {
    self.names = Set(names.compactMap { Self.name($0) }).sorted()
    self.addresses = Set(addresses.filter { $0.count == 4 || $0.count == 16 }).sorted {
      $0.lexicographicallyPrecedes($1)
    }
  }

  /// The name in lower case and without a final dot, or nil if it is none (RFC 1123 section 2.1), or is an address.
  private static func name(_ text: String) -> String? {
    let name = text.lowercased().drop { $0 == "." }
    let labels = (name.hasSuffix(".") ? name.dropLast() : name).split(separator: ".", omittingEmptySubsequences: false)
    guard !labels.isEmpty, labels.allSatisfy(isLabel), labels.map({ $0.utf8.count + 1 }).reduce(0, +) <= 254,
      !(labels.last ?? "").utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return labels.joined(separator: ".")
  }

  private static func isLabel(_ label: Substring) -> Bool {
    let bytes = label.utf8
    let isWord = bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
    return isWord && (1...63).contains(bytes.count) && bytes.first != 0x2D && bytes.last != 0x2D
  }
}
