// SPDX-License-Identifier: MIT

// A private key and its certificate in one file, so that no moment is between the two: PEM (RFC 7468), the key first.

#if TLS
  import Crypto
  import SwiftASN1
  import X509

  /// A key of ours with the certificate that speaks for it.
  struct StoredPair {
    let key: P256.Signing.PrivateKey
    let certificate: Certificate

    /// The pair in a file; nil if there is no file.
    init?(in file: SecretFile) throws(LocalCertificateError) {
      guard let bytes = try file.load() else { return nil }
      let documents = try? PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self))
      guard let documents, documents.count == 2, documents[0].discriminator == "PRIVATE KEY",
        let key = try? P256.Signing.PrivateKey(derRepresentation: documents[0].derBytes),
        let certificate = try? Certificate(pemDocument: documents[1]),
        certificate.publicKey == Certificate.PublicKey(key.publicKey)
      else { throw .damaged(path: file.path) }
      self.init(key: key, certificate: certificate)
      guard isOurs else { throw .foreign(path: file.path) }
    }

    init(key: P256.Signing.PrivateKey, certificate: Certificate) {
      self.key = key
      self.certificate = certificate
    }

    func store(in file: SecretFile) throws(LocalCertificateError) {
      try file.store(keyPEM + certificatePEM)
    }

    var keyPEM: [UInt8] { Array((key.pemRepresentation + "\n").utf8) }

    var certificatePEM: [UInt8] {
      PEMDocument(type: "CERTIFICATE", derBytes: certificateDER).pemString.utf8 + [UInt8(ascii: "\n")]
    }

    var certificateDER: [UInt8] {
      var serializer = DER.Serializer()
      do { try serializer.serialize(certificate) } catch { preconditionFailure("a certificate that was read or made") }
      return serializer.serializedBytes
    }

    /// What marks a certificate as made here.
    static let organization = "Heliograph"

    /// Whether it was made here: it says so, and it is signed by such an authority.
    private var isOurs: Bool {
      [certificate.subject, certificate.issuer].allSatisfy { name in
        name.contains { part in
          part.contains {
            $0.type == .RDNAttributeType.organizationName && String($0.value) == Self.organization
          }
        }
      }
    }
  }
#endif
