// SPDX-License-Identifier: MIT

// Names of users and tokens. A name is shown to everybody as the author of a change (`by: anna`), so it must not look
// like another author, and two names must not look like one another: only ASCII, and no capitals. The keyboard of a
// telephone begins with a capital, so what is typed is made small first.

/// The name of a user or a token: a letter, then up to 31 of `a`–`z`, `0`–`9`, `.`, `_` and `-`.
public struct AccountName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The name.
  public let description: String

  /// Its ASCII.
  public var bytes: [UInt8] { Array(description.utf8) }

  /// A name as somebody typed it: blanks around it are dropped, and capitals made small.
  ///
  /// - Throws: `badName`, or `reservedName` for one that changes are said to be made by.
  public init(_ text: String) throws(AccountMistake) {
    try self.init(bytes: Array(text.utf8))
  }

  /// A name as somebody typed it, in UTF-8.
  ///
  /// - Throws: `badName`, or `reservedName` for one that changes are said to be made by.
  public init(bytes: [UInt8]) throws(AccountMistake) {
    var name = bytes[...]
    while name.first == 0x20 { name.removeFirst() }
    while name.last == 0x20 { name.removeLast() }
    let small = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    guard let first = small.first, (0x61...0x7A).contains(first), small.count <= 32,
      small.allSatisfy(Self.mayHave)
    else { throw .badName }
    description = String(decoding: small, as: UTF8.self)
    guard !Self.taken.contains(description) else { throw .reservedName(description) }
  }

  private static func mayHave(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x30...0x39: true
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// What changes are said to be made by (`Author` of Parts), and what those are called who have no account.
  private static let taken: Set<String> = [
    "button", "http", "mqtt", "terminal", "timer", "interlock", "program", "guest", "guests", "nobody", "everybody",
    "unknown",
  ]

  public static func < (left: AccountName, right: AccountName) -> Bool { left.description < right.description }
}
