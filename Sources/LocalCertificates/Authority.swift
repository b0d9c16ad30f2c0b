// SPDX-License-Identifier: MIT

// The device's own certificate authority. People trust it on their phones, so what a thief of its key could do is
// bounded by the certificate itself: it speaks for names of local networks and for this device's own, not for a bank
// (name constraints, RFC 5280 section 4.2.1.10), and for no other authority (a path length of 0).
// Source: RFC 5280; Apple, "Requirements for trusted certificates" (HT210176) for the lifetime of the server's.

#if TLS
  import Crypto
  import Foundation
  import SwiftASN1
  import X509

  struct Authority {
    let pair: StoredPair
    private let permittedNames: [String]
    /// Address and mask each.
    private let permittedRanges: [[UInt8]]

    /// When an authority begins to be valid: long ago, since the clock of a board that has none of its own may be slow
    /// when the authority is made, and a clock that is put right later must not make it a thing of the future.
    private static let beginning = Int64(1_767_225_600)  // 2026
    static let day = Int64(86_400)
    /// Twenty years.
    private static let lifetime = 7305 * day
    /// Apple's systems take 825 days at most from an authority of one's own; what public ones may give shrinks each
    /// year.
    static let serverLifetime = 180 * day
    /// A certificate with less than this left is replaced.
    static let renewal = 60 * day
    /// How slow a client's clock may be.
    private static let slack = 2 * day

    init(_ pair: StoredPair) {
      self.pair = pair
      let constraints = try? pair.certificate.extensions.nameConstraints
      permittedNames = constraints.map { Array($0.permittedDNSDomains) } ?? []
      permittedRanges = constraints.map { $0.permittedIPRanges.map { Array($0.bytes) } } ?? []
    }

    /// A new one that may speak for `names`, besides those of local networks.
    static func make(for names: CertificateNames, now: Int64) throws -> Authority {
      let key = P256.Signing.PrivateKey()
      let publicKey = Certificate.PublicKey(key.publicKey)
      let identifier = SubjectKeyIdentifier(hash: publicKey)
      let mark = identifier.keyIdentifier.prefix(3).map { String(format: "%02X", $0) }.joined()
      let host = names.names.first { $0.hasSuffix(".local") }?.dropLast(6)
      let subject = try DistinguishedName {
        OrganizationName(StoredPair.organization)
        CommonName("Heliograph authority \(host.map { "of \($0) " } ?? "")\(mark)")
      }
      let certificate = try Certificate(
        version: .v3, serialNumber: serialNumber, publicKey: publicKey,
        notValidBefore: date(beginning), notValidAfter: date(max(now, beginning) + lifetime), issuer: subject,
        subject: subject,
        extensions: Certificate.Extensions {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
          Critical(KeyUsage(keyCertSign: true, cRLSign: true))
          identifier
          AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
          Critical(
            NameConstraints(
              permittedDNSDomains: LocalNames.domains + names.names.filter { !LocalNames.contains($0) },
              permittedIPRanges: LocalNames.ranges + names.addresses.compactMap { LocalNames.range(of: $0) }))
        },
        issuerPrivateKey: Certificate.PrivateKey(key))
      return Authority(StoredPair(key: key, certificate: certificate))
    }

    /// A certificate for a server of these names, and which of them the authority may not speak for.
    func issue(for names: CertificateNames, now: Int64) throws -> StoredPair {
      let key = P256.Signing.PrivateKey()
      let publicKey = Certificate.PublicKey(key.publicKey)
      let now = max(now, Self.beginning)
      let certified = names.names.filter { permits($0) }
      let end = min(Self.date(now + Self.serverLifetime - Self.slack), pair.certificate.notValidAfter)
      let certificate = try Certificate(
        version: .v3, serialNumber: Self.serialNumber, publicKey: publicKey,
        notValidBefore: max(Self.date(now - Self.slack), pair.certificate.notValidBefore), notValidAfter: end,
        issuer: pair.certificate.subject,
        subject: DistinguishedName {
          OrganizationName(StoredPair.organization)
          CommonName(certified.first ?? "Heliograph")
        },
        extensions: Certificate.Extensions {
          Critical(BasicConstraints.notCertificateAuthority)
          Critical(KeyUsage(digitalSignature: true))
          try ExtendedKeyUsage([.serverAuth])
          SubjectKeyIdentifier(hash: publicKey)
          AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: pair.certificate.publicKey).keyIdentifier)
          SubjectAlternativeNames(
            certified.map { .dnsName($0) }
              + names.addresses.filter { permits($0) }.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) })
        },
        issuerPrivateKey: Certificate.PrivateKey(pair.key))
      return StoredPair(key: key, certificate: certificate)
    }

    /// Whether the authority may speak for a name: that of a permitted domain, or one below it.
    func permits(_ name: String) -> Bool {
      permittedNames.contains { name == $0 || name.hasSuffix("." + $0) }
    }

    /// Whether the authority may speak for an address: that of a permitted range.
    func permits(_ address: [UInt8]) -> Bool {
      permittedRanges.contains { LocalNames.range($0, contains: address) }
    }

    /// Whether `server` need not be replaced: it is of this authority, for all names that it may speak for (others, an
    /// address of yesterday, do no harm), neither from a future that a wrong clock had shown nor near its end.
    func isCurrent(_ server: StoredPair, for names: CertificateNames, now: Int64) -> Bool {
      let certificate = server.certificate
      guard pair.certificate.publicKey.isValidSignature(certificate.signature, for: certificate),
        let known = try? certificate.extensions.subjectAlternativeNames
      else { return false }
      var dnsNames: [String] = []
      var addresses: [[UInt8]] = []
      for name in known {
        switch name {
        case .dnsName(let name): dnsNames.append(name)
        case .ipAddress(let address): addresses.append(Array(address.bytes))
        default: return false
        }
      }
      let wanted = CertificateNames(names: names.names.filter { permits($0) }, addresses: names.addresses.filter { permits($0) })
      let now = Self.date(max(now, Self.beginning))
      let isLast = certificate.notValidAfter == pair.certificate.notValidAfter  // there will be none that is longer
      return Set(dnsNames).isSuperset(of: wanted.names) && Set(addresses).isSuperset(of: wanted.addresses)
        && now >= certificate.notValidBefore
        && (isLast || now + TimeInterval(Self.renewal) < certificate.notValidAfter)
    }

    /// 126 random bits: positive, and within the 20 octets of RFC 5280 section 4.1.2.2. (A random one of the library
    /// has 160 bits, which take 21 octets every other time.)
    private static var serialNumber: Certificate.SerialNumber {
      Certificate.SerialNumber(bytes: [.random(in: 0x40...0x7F)] + (0..<15).map { _ in .random(in: .min ... .max) })
    }

    static func date(_ seconds: Int64) -> Date { Date(timeIntervalSince1970: TimeInterval(seconds)) }
  }
#endif
