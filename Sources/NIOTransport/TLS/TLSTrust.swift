// SPDX-License-Identifier: MIT

// Whom a program that connects to a server believes, and how it proves who it is: TLS 1.2 or 1.3, and always the name
// that it was told, in the server's certificate (RFC 9525).

#if TLS
  import Crypto
  import NIOCore
  import NIOSSL
#endif

/// How a server is known, and a client to it.
public struct TLSTrust: Sendable {
  /// Who vouches for the server.
  public enum Authority: Sendable {
    /// The authorities that this system trusts.
    case system
    /// Only these certificates, as PEM.
    case certificates([UInt8])
    /// No authority: the server's own certificate, by its SHA-256 fingerprint of 32 bytes.
    case fingerprint([UInt8])
  }

  #if TLS
    let context: NIOSSLContext
    let fingerprint: [UInt8]?
  #endif

  /// Trust in an authority, and the client's own certificate.
  ///
  /// - Parameters:
  ///   - certificate: The client's own certificate, with its chain, as PEM; empty for none.
  ///   - key: Its private key as PEM.
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

#if TLS
  extension TLSTrust {
    /// What speaks TLS with a server of this name or address.
    func makeHandler(host: String) throws -> NIOSSLClientHandler {
      let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
      let name = isAddress ? nil : host  // SNI has no addresses (RFC 6066 section 3)
      guard let fingerprint else { return try NIOSSLClientHandler(context: context, serverHostname: name) }
      return try NIOSSLClientHandler(context: context, serverHostname: name) { chain, verified in
        let isPinned = chain.first.flatMap { try? $0.toDERBytes() }.map { SHA256.hash(data: $0).elementsEqual(fingerprint) }
        verified.succeed(isPinned == true ? .certificateVerified : .failed)
      }
    }

    /// What an error of TLS means for whoever set it up; nil for another error.
    static func words(for error: any Error) -> String? {
      if error is NIOSSLExtraError { return "the server's certificate is for another name" }
      guard error is NIOSSLError || error is BoringSSLError else { return nil }
      let name = "\(error)"  // the only place where BoringSSL tells one error from another
      return causes.first { name.contains($0.name) }?.words ?? "TLS failed: \(name)"
    }

    /// The errors that a person can do something about, by their names in BoringSSL.
    private static var causes: [(name: String, words: String)] {
      [
        ("CERTIFICATE_VERIFY_FAILED", "the server's certificate is not trusted"),
        ("unableToValidateCertificate", "the server's certificate is not trusted"),
        ("ALERT_CERTIFICATE_REQUIRED", "the server wants a certificate of this device"),
        ("ALERT_HANDSHAKE_FAILURE", "the server refuses this device: does it want a certificate?"),
        ("ALERT_UNKNOWN_CA", "the server does not trust this device's certificate"),
        ("ALERT_BAD_CERTIFICATE", "the server does not accept this device's certificate"),
        ("ALERT_CERTIFICATE_EXPIRED", "this device's certificate is out of date"),
        ("WRONG_VERSION_NUMBER", "the server does not speak TLS on this port"),
      ]
    }
  }
#else
  extension TLSTrust {
    static func words(for error: any Error) -> String? { nil }
  }
#endif
