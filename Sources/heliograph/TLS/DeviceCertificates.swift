// SPDX-License-Identifier: MIT

// Certificates of the device's own authority: asked for whenever its names or addresses have changed, when the clock
// was set, and once an hour, since they are renewed in time.

#if TLS
  import Bytes
  import DeviceServer
  import Foundation
  import HostNetwork
  import LocalCertificates

  struct DeviceCertificates: CertificateSource {
    private let settings: ProgramSettings
    private let certificates: LocalCertificates
    private var last: (names: CertificateNames, time: Int64, certificates: [UInt8])?

    init(_ settings: ProgramSettings) {
      self.settings = settings
      certificates = LocalCertificates(folder: (settings.stateFile as NSString).deletingLastPathComponent.orHere)
    }

    mutating func newest() throws -> CertificateNews? {
      let names = names
      let now = Int64(Date().timeIntervalSince1970)
      if let last, last.names == names, (last.time..<last.time + 3600).contains(now) { return nil }
      let local: LocalIdentity
      do throws(LocalCertificateError) {
        local = try certificates.current(for: names, now: now)
      } catch {
        throw StartFailure(description: error.description)
      }
      let isKnown = last?.certificates == local.certificates
      let isFirst = last == nil
      last = (names, now, local.certificates)
      return isKnown ? nil : news(local, isFirst: isFirst)
    }

    private func news(_ local: LocalIdentity, isFirst: Bool) -> CertificateNews {
      var news = CertificateNews(certificates: local.certificates, key: local.key)
      news.openFiles = [
        .init(
          path: Array("/ca.pem".utf8), contentType: Array("application/x-x509-ca-cert".utf8), bytes: local.authority),
        .init(
          path: Array("/ca.mobileconfig".utf8), contentType: Array("application/x-apple-aspen-config".utf8),
          bytes: local.appleProfile(name: settings.name)),
      ]
      if local.isAuthorityNew, !isFirst {
        news.warnings.append("there is a new certificate authority, to be trusted anew: SHA-256 \(local.fingerprint)")
      }
      for name in local.refusedNames where isFirst {
        news.warnings.append(
          "the certificate does not have the name \(name): the authority in \(certificates.authorityPath) was not made "
            + "for it (move it away to have a new one made, and trust that one)")
      }
      let addresses = self.addresses.filter { local.refusedAddresses.contains($0.octets) }.map(\.string)
        .filter { settings.isForAll || $0 == settings.host }
      if isFirst, !addresses.isEmpty {
        let such = addresses.count == 1 ? "address" : "addresses"
        news.warnings.append(
          "the certificate does not have the \(such) \(addresses.joined(separator: ", ")), for which the device's own "
            + "authority was not made, so browsers will warn there; use a name of the device, or give a certificate of "
            + "your own with --tls-certificate")
      }
      let fingerprint = local.fingerprint
      let host = settings.urlHost
      news.explanation = { port in
        [
          "To trust this device once and for all, open http://\(host):\(port)/ca.pem in each browser "
            + "(on an iPhone, iPad or Mac /ca.mobileconfig), and compare the fingerprint:",
          "  SHA-256 \(fingerprint)",
        ]
      }
      return news
    }

    /// All names and addresses that somebody may type.
    private var names: CertificateNames {
      let loopback: [[UInt8]] = [[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]]
      return CertificateNames(
        names: settings.knownHostNames.map { String(decoding: $0, as: UTF8.self) } + ["localhost"],
        addresses: addresses.map(\.octets) + loopback)
    }

    private var addresses: [RemoteAddress] { ((try? InterfaceStatus.all()) ?? []).flatMap(\.addresses) }
  }

  extension String {
    /// The folder that the empty path stands for.
    fileprivate var orHere: String { isEmpty ? "." : self }
  }
#endif
