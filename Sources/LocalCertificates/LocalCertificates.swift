// SPDX-License-Identifier: MIT

// The certificates that a device makes for itself: an authority once, which people tell their browsers to trust, and
// from it a certificate for the server, whenever there is none that is good for long enough and for all names. Rule:
// a file that is there and is not understood is an error, and is left as it is.

#if TLS
  import Crypto
  import Foundation
  import X509

  /// A folder with the device's own certificates.
  ///
  /// One program uses it. The calls wait for the disk, so they belong beside the event loop.
  public struct LocalCertificates: Sendable {
    /// The authority's file: its key and its certificate.
    public let authorityPath: String
    /// The server's file: its key and its certificate.
    public let serverPath: String

    /// The certificates in `folder`, which need not be there yet, nor the folder.
    public init(folder: String) {
      authorityPath = folder + "/tls-authority.pem"
      serverPath = folder + "/tls-server.pem"
    }

    /// The certificates for a server of these names: those in the folder, or new ones.
    ///
    /// An authority is good for twenty years. A server's certificate is good for 178 days from now, and is replaced
    /// when no more than 60 of them are left; one that its authority does not outlive stays until the end of both.
    ///
    /// `now` is the time in seconds since 1970, which may be wrong: a clock that is slow is taken to show the beginning
    /// of 2026. Ask again when it may have changed, or the names.
    ///
    /// - Throws: If a file is there and is not good, cannot be read or written, or no certificate can be made.
    public func current(
      for names: CertificateNames, now: Int64
    ) throws(LocalCertificateError) -> LocalIdentity {
      let (authority, isAuthorityNew) = try authority(for: names, now: now)
      let file = SecretFile(path: serverPath)
      let stored = try StoredPair(in: file)
      let refused = CertificateNames(
        names: names.names.filter { !authority.permits($0) },
        addresses: names.addresses.filter { !authority.permits($0) })
      if let stored, authority.isCurrent(stored, for: names, now: now) {
        return LocalIdentity(stored, authority, isAuthorityNew: isAuthorityNew, isNew: false, refused)
      }
      let server = try make { try authority.issue(for: names, now: now) }
      try server.store(in: file)
      return LocalIdentity(server, authority, isAuthorityNew: isAuthorityNew, isNew: true, refused)
    }

    private func authority(
      for names: CertificateNames, now: Int64
    ) throws(LocalCertificateError) -> (Authority, isNew: Bool) {
      let file = SecretFile(path: authorityPath)
      if let stored = try StoredPair(in: file) {
        guard stored.certificate.notValidAfter > Authority.date(now) else { throw .expired(path: authorityPath) }
        return (Authority(stored), false)
      }
      let authority = try make { try Authority.make(for: names, now: now) }
      try authority.pair.store(in: file)
      return (authority, true)
    }

    private func make<Result>(_ body: () throws -> Result) throws(LocalCertificateError) -> Result {
      do { return try body() } catch { throw .failed("\(error)") }
    }
  }

  /// What a server proves its name with, and what its clients have to trust.
  public struct LocalIdentity: Sendable {
    /// The server's certificate and the authority's, as PEM.
    public let certificates: [UInt8]
    /// The server's private key, as PEM.
    public let key: [UInt8]
    /// When the server's certificate expires, in seconds since 1970.
    public let expiry: Int64
    /// The authority's certificate as PEM, which is for everybody.
    public let authority: [UInt8]
    /// The same as DER.
    public let authorityDER: [UInt8]
    /// The names that the authority may not speak for; they are not in the certificate.
    public let refusedNames: [String]
    /// The addresses that it may not speak for, of 4 or 16 octets; they are not in the certificate either.
    public let refusedAddresses: [[UInt8]]
    /// Whether the authority was made just now.
    public let isAuthorityNew: Bool
    /// Whether the server's certificate was made just now.
    public let isNew: Bool

    init(_ server: StoredPair, _ authority: Authority, isAuthorityNew: Bool, isNew: Bool, _ refused: CertificateNames) {
      self.authority = authority.pair.certificatePEM
      certificates = server.certificatePEM + self.authority
      key = server.keyPEM
      expiry = Int64(server.certificate.notValidAfter.timeIntervalSince1970)
      authorityDER = authority.pair.certificateDER
      self.isAuthorityNew = isAuthorityNew
      self.isNew = isNew
      refusedNames = refused.names
      refusedAddresses = refused.addresses
    }

    /// The SHA-256 of the authority's certificate, as browsers and phones show it: `AB:CD:…`, 32 bytes.
    public var fingerprint: String {
      SHA256.hash(data: authorityDER).map { Self.hexadecimal($0) }.joined(separator: ":")
    }

    static func hexadecimal(_ byte: UInt8) -> String {
      let digits = Array("0123456789ABCDEF")
      return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
  }
#endif
