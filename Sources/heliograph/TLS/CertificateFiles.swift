// SPDX-License-Identifier: MIT

// A certificate of the person's own, in two files. They are looked at again and again: whoever renews a certificate
// replaces both, one after the other, so a pair that does not fit may fit a moment later.

import Foundation
import HostTransport
import TransportSecurity
import SystemCalls

struct CertificateFiles: CertificateSource {
  private let files: TLSSettings.Files
  /// What the files looked like when they were read last, and fitted.
  private var seen: [FileStatus?]?

  /// More than any chain of certificates.
  private static var limit: Int { 1 << 20 }

  init(_ files: TLSSettings.Files) { self.files = files }

  mutating func newest() throws -> CertificateNews? {
    let marks = [files.certificate, files.key].map { try? FileStatus(of: $0, followsLinks: true) }
    guard marks != seen else { return nil }
    let news = CertificateNews(
      certificates: try read(files.certificate, "certificate"), key: try read(files.key, "private key"))
    let identity: TLSIdentity
    do throws(TLSIdentityError) {
      identity = try TLSIdentity(certificates: news.certificates, key: news.key)
    } catch {
      throw StartFailure(description: words(error))
    }
    seen = marks
    return with(warningsOf: identity, news)
  }

  private func with(warningsOf identity: TLSIdentity, _ news: CertificateNews) -> CertificateNews {
    var news = news
    let left = identity.expiry - Int64(Date().timeIntervalSince1970)
    if left <= 0 {
      news.warnings = ["the certificate in \(files.certificate) expired on \(date(identity.expiry)); browsers refuse it"]
    } else if left < 7 * 86_400 {
      news.warnings = ["the certificate in \(files.certificate) expires on \(date(identity.expiry))"]
    }
    return news
  }

  private func read(_ path: String, _ what: String) throws(StartFailure) -> [UInt8] {
    let bytes = try ReadFile.bytes(path, limit: Self.limit, what: what)
    guard bytes.count <= Self.limit else { throw ReadFile.failure(path, what, "it is too large") }
    return bytes
  }

  /// What is wrong with the files.
  func words(_ error: TLSIdentityError) -> String {
    switch error {
    case .badCertificates: "\(files.certificate): \(error)"
    case .badKey: "\(files.key): \(error)"
    case .foreignKey: "\(files.key) does not belong to \(files.certificate), whose first certificate must be the server's"
    case .leftOut: error.description
    }
  }
}
