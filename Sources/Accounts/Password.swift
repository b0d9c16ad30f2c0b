// SPDX-License-Identifier: MIT

// What a password may be. Any characters, since rules about them make passwords no better (NIST SP 800-63B section
// 5.1.1.2): at least 8 characters, and at most 256 bytes, so that no request holds more.
// The same word typed on two keyboards may come in two forms, é in one piece or as e and an accent: passwords are
// normalised to NFC, as RFC 8265 section 4.2.2 does it (OpaqueString), and other blanks become the ASCII blank.

import Foundation

/// A password in the form in which it is hashed.
public struct Password: Equatable, Sendable {
  /// The fewest characters (Unicode scalars) of a new one.
  public static let minimumCharacters = 8
  /// The most bytes of UTF-8, before and after normalisation.
  public static let maximumSize = 256

  /// Its UTF-8, normalised.
  let bytes: [UInt8]

  /// A password that somebody offers, whether or not it could be a new one.
  ///
  /// - Throws: `longPassword`, `notUTF8`.
  public init(offered text: [UInt8]) throws(AccountMistake) {
    guard text.count <= Self.maximumSize else { throw .longPassword }
    guard let string = String(validating: text, as: UTF8.self) else { throw .notUTF8 }
    if text.allSatisfy({ $0 < 0x80 }) {
      bytes = text
      return
    }
    var blanks = String.UnicodeScalarView()
    for scalar in string.unicodeScalars {
      blanks.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
    }
    bytes = Array(String(blanks).precomposedStringWithCanonicalMapping.utf8)
    guard bytes.count <= Self.maximumSize else { throw .longPassword }
  }

  /// A password that `name` is to have from now on.
  ///
  /// - Throws: `shortPassword`, `longPassword`, `notUTF8`, or `passwordIsName` whatever its capitals.
  public init(new text: [UInt8], for name: AccountName) throws(AccountMistake) {
    try self.init(offered: text)
    let string = String(decoding: bytes, as: UTF8.self)
    guard string.unicodeScalars.count >= Self.minimumCharacters else { throw .shortPassword }
    guard string.lowercased() != name.description else { throw .passwordIsName }
  }
}
