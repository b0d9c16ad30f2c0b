// SPDX-License-Identifier: MIT

// How a connection to a server begins to speak TLS, and what its errors mean.

import TransportSecurity

#if TLS
  import Crypto
  import NIOCore
  import NIOSSL
#endif

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
