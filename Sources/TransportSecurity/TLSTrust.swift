// SPDX-License-Identifier: MIT

// Whom a program that connects to a server believes, and how it proves who it is: TLS 1.2 or 1.3, and always the name
// that it was told, in the server's certificate (RFC 9525).

#if TLS
  package import NIOSSL
#endif

/// How a server is known, and a client to it.
public struct TLSTrust: Sendable {
  /// Who vouches for the server.
  public enum Authority: Sendable {
    /// The authorities that this system trusts.
    case system
    /// Only these certificates, as PEM.
    case certificates([UInt8])
    /// No authority: the server's own certificate, by the SHA-256 of its DER, 32 bytes. A fingerprint of another length
    /// fits no certificate.
    case fingerprint([UInt8])
  }

  #if TLS
    /// What a connection is encrypted with.
    package let context: NIOSSLContext
    /// The one certificate that is believed, whoever vouches for it; nil: those that the context believes.
    package let fingerprint: [UInt8]?
  #endif

  /// Trust in an authority, and the client's own certificate.
  ///
  /// - Parameters:
  ///   - authority: Who vouches for the server.
  ///   - certificate: The client's own certificate, with its chain, as PEM; empty for none.
  ///   - key: Its private key as PEM; not looked at without the certificate.
  /// - Throws: What the certificates or the key are not; `leftOut` without the trait TLS.
  public init(_ authority: Authority, certificate: [UInt8] = [], key: [UInt8] = []) throws(TLSIdentityError) {
    #if TLS
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.minimumTLSVersion = .tlsv12
      var pinned: [UInt8]?
      switch authority {
      case .system: break
      case .certificates(let pem):
        guard let roots = try? NIOSSLCertificate.fromPEMBytes(pem), !roots.isEmpty else { throw .badCertificates }
        configuration.trustRoots = .certificates(roots)
      case .fingerprint(let bytes): pinned = bytes
      }
      if !certificate.isEmpty {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificate), !chain.isEmpty else { throw .badCertificates }
        guard let key = try? NIOSSLPrivateKey(bytes: key, format: .pem) else { throw .badKey }
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = .privateKey(key)
      }
      guard let context = try? NIOSSLContext(configuration: configuration) else { throw .foreignKey }
      (self.context, fingerprint) = (context, pinned)
    #else
      throw .leftOut
    #endif
  }
}
