// SPDX-License-Identifier: MIT

// What a server proves its name with, and how it speaks TLS: 1.3 (RFC 8446), and 1.2 (RFC 5246) with forward secrecy
// and authenticated encryption only (RFC 9325 section 4.2). One identity may be used by several ports; it can be
// replaced at any time, which new connections notice, and open ones do not.

import SystemCalls

#if TLS
  package import NIOSSL
#endif

/// A certificate with its chain and its private key, for the connections that begin from now on.
public final class TLSIdentity: Sendable {
  #if TLS
    private let current: Locked<(context: NIOSSLContext, expiry: Int64)>

    /// The identity for a new connection.
    package var context: NIOSSLContext { current.withLock { $0.context } }
  #endif

  /// The identity of a chain of certificates, the server's own first, and its key; both as PEM (RFC 7468).
  ///
  /// - Throws: What these are not; `leftOut` without the trait TLS.
  public init(certificates: [UInt8], key: [UInt8]) throws(TLSIdentityError) {
    #if TLS
      current = Locked(try Self.load(certificates, key))
    #else
      throw .leftOut
    #endif
  }

  /// Lets new connections have another certificate and key; after an error the old ones stay.
  ///
  /// - Throws: What the new ones are not.
  public func replace(certificates: [UInt8], key: [UInt8]) throws(TLSIdentityError) {
    #if TLS
      let new = try Self.load(certificates, key)
      current.withLock { $0 = new }
    #endif
  }

  /// When the server's certificate expires, in seconds since 1970.
  public var expiry: Int64 {
    #if TLS
      current.withLock { $0.expiry }
    #else
      0
    #endif
  }
}

/// Why there can be no identity.
public enum TLSIdentityError: Error, Equatable, CustomStringConvertible {
  /// The certificates are not PEM, or one of them is not a certificate.
  case badCertificates
  /// The key is not PEM, is none that is known, or needs a passphrase.
  case badKey
  /// The key is that of another certificate than the first one.
  case foreignKey
  /// This program was built without the package's trait TLS.
  case leftOut

  public var description: String {
    switch self {
    case .badCertificates: "it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"
    case .badKey: "it holds no private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)"
    case .foreignKey: "the key does not belong to the certificate, which must be the first of its file"
    case .leftOut: "this program was built without TLS; build it with --traits default,TLS"
    }
  }
}

#if TLS
  extension TLSIdentity {
    private static func load(
      _ certificates: [UInt8], _ key: [UInt8]
    ) throws(TLSIdentityError) -> (context: NIOSSLContext, expiry: Int64) {
      guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificates), let own = chain.first else {
        throw .badCertificates
      }
      guard let key = try? NIOSSLPrivateKey(bytes: key, format: .pem) else { throw .badKey }
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      configuration.cipherSuiteValues = ciphersOfTLS12
      configuration.applicationProtocols = ["http/1.1"]
      guard let context = try? NIOSSLContext(configuration: configuration) else { throw .foreignKey }
      return (context, Int64(own.notValidAfter))
    }

    /// For TLS 1.2; those of 1.3 need no choice.
    private static var ciphersOfTLS12: [NIOTLSCipher] {
      [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
      ]
    }
  }
#endif
