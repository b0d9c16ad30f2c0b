// SPDX-License-Identifier: MIT

// The three functions that come from swift-crypto, in one place: scrypt, SHA-256 and HMAC. A program that is built
// without the trait Login has none of them, and must ask `AccountSupport` before it touches an account.


#if Login
  import Crypto
  import CryptoExtras
#endif

/// Whether this program can have accounts.
public enum AccountSupport {
  /// Whether it was built with the trait Login.
  public static var isBuiltIn: Bool {
    #if Login
      true
    #else
      false
    #endif
  }
}

enum Cryptography {
  /// scrypt (RFC 7914). An error means that there is no memory, or that the parameters are not allowed.
  static func scrypt(
    _ password: [UInt8], salt: [UInt8], _ parameters: PasswordHash.Parameters, count: Int
  ) throws -> [UInt8] {
    #if Login
      let key = try KDF.Scrypt.deriveKey(
        from: password, salt: salt, outputByteCount: count, rounds: 1 << parameters.logN, blockSize: parameters.r,
        parallelism: parameters.p)
      return key.withUnsafeBytes { Array($0) }
    #else
      missing()
    #endif
  }

  static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    #if Login
      Array(SHA256.hash(data: bytes))
    #else
      missing()
    #endif
  }

  /// HMAC-SHA-256 (RFC 2104).
  static func authenticationCode(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    #if Login
      Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
    #else
      missing()
    #endif
  }

  #if !Login
    private static func missing() -> Never { fatalError("this program was built without the trait Login") }
  #endif
}
