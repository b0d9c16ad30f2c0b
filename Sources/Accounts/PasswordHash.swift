// SPDX-License-Identifier: MIT

// How passwords are kept: scrypt (RFC 7914), with its parameters, in the form of the PHC string format.
//
//     $scrypt$ln=15,r=8,p=3$SALT$KEY          base64 without padding
//
// N = 2^15, r = 8, p = 3 is one of the settings that OWASP's password storage cheat sheet gives as equal to its first
// choice, and the one that needs 32 MiB: a sixteenth of the memory of the smallest Raspberry Pi, for one password at a
// time, where N = 2^17 would take a quarter. It takes a third of a second of a PC, and about one of a Pi 3.
// Rule: a hash in the file says what it costs, so it is refused if it would cost more than `Parameters.mostMemory`.

import Foundation

/// A password's hash, and what it was made with.
public struct PasswordHash: Equatable, Sendable {
  /// What scrypt costs.
  public struct Parameters: Equatable, Sendable {
    /// The binary logarithm of N.
    public var logN: Int
    /// The block size: memory is 128 · N · r bytes.
    public var r: Int
    /// How often N blocks are filled and mixed, one after the other.
    public var p: Int

    /// These parameters. A hash of which they ask for more than 64 MiB is never read from a text.
    public init(logN: Int, r: Int, p: Int) {
      self.logN = logN
      self.r = r
      self.p = p
    }

    /// What new hashes are made with.
    public static let standard = Parameters(logN: 15, r: 8, p: 3)
    /// The most memory that a hash may need, in bytes.
    static let mostMemory = 64 << 20

    /// Whether scrypt takes them, and this program, too.
    ///
    /// With r above 16 swift-crypto 4.5.2 allows the algorithm less memory than it needs.
    var areAllowed: Bool {
      (1...20).contains(logN) && (1...16).contains(r) && (1...16).contains(p)
        && (128 * r) << logN <= Self.mostMemory && logN < 16 * r
    }

    /// How often its core is run, which is what a hash costs.
    var work: Int { (r * p) << logN }
  }

  /// What it was made with.
  public let parameters: Parameters
  let salt: [UInt8]
  let key: [UInt8]

  static let saltSize = 16
  static let keySize = 32

  /// Hashes a password, which takes its time: never on an event loop.
  ///
  /// - Throws: If there is no memory for it, or scrypt does not take the parameters.
  public init(of password: Password, _ parameters: Parameters = .standard) throws {
    try self.init(of: password, parameters, salt: Secret.random(count: Self.saltSize))
  }

  init(of password: Password, _ parameters: Parameters, salt: [UInt8]) throws {
    self.parameters = parameters
    self.salt = salt
    key = try Cryptography.scrypt(password.bytes, salt: salt, parameters, count: Self.keySize)
  }

  private init(parameters: Parameters, salt: [UInt8], key: [UInt8]) {
    self.parameters = parameters
    self.salt = salt
    self.key = key
  }

  /// A hash that no password has, and that costs as much to compare with as one made with `parameters`.
  static func ofNobody(_ parameters: Parameters = .standard) -> PasswordHash {
    PasswordHash(
      parameters: parameters, salt: Secret.random(count: saltSize), key: Secret.random(count: keySize))
  }

  /// Whether `password` is the one, which takes as long as hashing it.
  ///
  /// - Throws: If there is no memory for it.
  public func matches(_ password: Password) throws -> Bool {
    Secret.areSame(try Cryptography.scrypt(password.bytes, salt: salt, parameters, count: key.count), key)
  }

  /// Whether it was made with less than `parameters` cost, and should be made anew as soon as the password is known.
  public func isCheaper(than parameters: Parameters = .standard) -> Bool { self.parameters.work < parameters.work }
}

extension PasswordHash: CustomStringConvertible {
  /// The text in the file.
  public var description: String {
    "$scrypt$ln=\(parameters.logN),r=\(parameters.r),p=\(parameters.p)$\(Self.text(salt))$\(Self.text(key))"
  }

  /// The hash that a text of the file says; nil if it is none, or would cost too much.
  public init?(_ text: String) {
    let pieces = text.split(separator: "$", omittingEmptySubsequences: false)
    guard pieces.count == 5, pieces[0].isEmpty, pieces[1] == "scrypt" else { return nil }
    let numbers = pieces[2].split(separator: ",", omittingEmptySubsequences: false)
    guard numbers.count == 3, let logN = Self.number("ln=", numbers[0]), let r = Self.number("r=", numbers[1]),
      let p = Self.number("p=", numbers[2]), let salt = Data(base64Encoded: Self.padded(pieces[3])),
      let key = Data(base64Encoded: Self.padded(pieces[4])), (8...64).contains(salt.count),
      (16...64).contains(key.count)
    else { return nil }
    parameters = Parameters(logN: logN, r: r, p: p)
    self.salt = Array(salt)
    self.key = Array(key)
    // One text for each hash: no leading zeros, no bits that mean nothing.
    guard parameters.areAllowed, description == text else { return nil }
  }

  private static func number(_ prefix: String, _ text: Substring) -> Int? {
    text.hasPrefix(prefix) ? Int(text.dropFirst(prefix.count)) : nil
  }

  private static func text(_ bytes: [UInt8]) -> String {
    String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
  }

  private static func padded(_ text: Substring) -> String {
    text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
  }
}
