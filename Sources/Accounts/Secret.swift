// SPDX-License-Identifier: MIT

// Secrets that this program makes: the ids of sessions, tokens and one-time links. Each is random and long enough that
// nobody guesses it, so its SHA-256 can be kept in its place without a salt: a stolen file opens nothing.

import Bytes

/// Random bytes and comparisons that take the same time whatever the bytes are.
enum Secret {
  /// So many bytes of the system's generator.
  static func random(count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// Whether two arrays have the same bytes; how long it takes depends on their lengths alone.
  static func areSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }

  /// Letters, digits, `-` and `_` that stand for `bytes` (base64url without padding, RFC 4648 section 5).
  static func text(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var rest: UInt32 = 0
    var bits = 0
    for byte in bytes {
      rest = rest << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(alphabet[Int(rest >> UInt32(bits) & 63)])
      }
    }
    if bits > 0 { text.append(alphabet[Int(rest << UInt32(6 - bits) & 63)]) }
    return text
  }
}

/// The SHA-256 of a secret, by which it is recognised.
public struct SecretDigest: Hashable, Sendable {
  let bytes: [UInt8]

  /// The digest of a secret as it is written in a cookie, a link or a field.
  public init(of secret: [UInt8]) { bytes = Cryptography.sha256(secret) }

  /// The digest that 64 lower-case hexadecimal digits write, or nil.
  init?(hexadecimal text: String) {
    let digits = text.utf8.compactMap(\.hexadecimalValue)
    guard digits.count == 64, text.utf8.count == 64, text == text.lowercased() else { return nil }
    bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// In hexadecimal digits.
  var hexadecimal: String {
    var text: [UInt8] = []
    for byte in bytes { text.append(hexadecimal: byte, width: 2) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Its first eight bytes: what a session or a token is called by. It opens nothing.
  var number: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

  /// Whether it is the same, without saying by the time it takes how far it is.
  func isSame(as other: SecretDigest) -> Bool { Secret.areSame(bytes, other.bytes) }
}
