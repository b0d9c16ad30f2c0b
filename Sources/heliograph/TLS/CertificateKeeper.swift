// SPDX-License-Identifier: MIT

// The certificate of the program: read or made before the port is opened, and looked after until the end. New
// connections get a new one; open ones do not notice.

import DeviceServer
import Foundation
import Logging
import HostTransport
import TransportSecurity
import RemoteControl

/// Where certificates come from.
protocol CertificateSource: Sendable {
  /// The certificate and the key of now, if they may be others than those that were given last.
  ///
  /// It is asked every few seconds. Errors are one line.
  mutating func newest() throws -> CertificateNews?
}

/// A certificate chain and its key as PEM, and what goes with them.
struct CertificateNews: Sendable {
  var certificates: [UInt8]
  var key: [UInt8]
  /// What everybody may fetch.
  var openFiles: [SecurePort.OpenFile] = []
  /// What the person who starts the program should know, by the port for HTTP.
  var explanation: (@Sendable (Int) -> [String])?
  /// What they should know in any case.
  var warnings: [String] = []
}

struct CertificateKeeper: Sendable {
  let identity: TLSIdentity
  let openFiles: [SecurePort.OpenFile]
  private let explanation: (@Sendable (Int) -> [String])?
  private let source: any CertificateSource
  private let port: Int
  private let log: @Sendable (Logger.Level, String) -> Void

  /// How often the source is asked.
  private static var interval: Duration { .seconds(3) }

  /// Has the certificate that the settings ask for.
  init(
    _ tls: TLSSettings, _ settings: ProgramSettings, log: @escaping @Sendable (Logger.Level, String) -> Void
  ) throws {
    self.log = log
    port = tls.port
    var source: any CertificateSource
    if let files = tls.files {
      source = CertificateFiles(files)
    } else {
      #if TLS
        source = DeviceCertificates(settings)
      #else
        throw TLSIdentityError.leftOut
      #endif
    }
    guard let news = try source.newest() else { preconditionFailure("the first news of a source") }
    identity = try source.use { try TLSIdentity(certificates: news.certificates, key: news.key) }
    openFiles = news.openFiles
    explanation = news.explanation
    self.source = source
    for line in news.warnings { log(.warning, line) }
  }

  /// Opens the port for HTTPS.
  func openPort<Context: ~Copyable>(
    _ transport: HostTransport<ServerApplication<Context>>, host: String
  ) async throws -> SecurePort {
    let address = try await transport.open(host: host, port: port, tls: identity) { [log] in log(.warning, $0) }
    return SecurePort(port: address.port, openFiles: openFiles)
  }

  /// How to trust it, in lines that are printed whatever is logged: without them nobody could compare the fingerprint.
  func howToTrust(port: Int) -> [String] { explanation?(port) ?? [] }

  /// Takes over what the source has until the task is cancelled. What cannot be used is logged, and the old one stays.
  func keep<Context: ~Copyable>(_ transport: HostTransport<ServerApplication<Context>>) async throws {
    var source = source
    var lastProblem: String?
    while true {
      try await Task.sleep(for: Self.interval)
      do {
        guard let news = try source.newest() else { continue }
        try source.use { try identity.replace(certificates: news.certificates, key: news.key) }
        try await transport.withApplication { application, _ in
          // As a whole: Swift 6.3.1 keeps for ever what an assignment behind the question mark would replace
          // (findings/swift-leaks-what-an-optional-of-a-noncopyable-structure-held.sh).
          guard let port = application.server.securePort?.port else { return }
          application.server.securePort = SecurePort(port: port, openFiles: news.openFiles)
        }
        log(.notice, "new connections get a new certificate, valid until \(date(identity.expiry))")
        for line in news.warnings { log(.warning, line) }
        lastProblem = nil
      } catch let error as StartFailure {
        if error.description != lastProblem { log(.warning, "\(error); the old certificate stays") }
        lastProblem = error.description
      }
    }
  }
}

extension CertificateSource {
  /// Lets the transport take over a certificate of this source.
  fileprivate func use<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as TLSIdentityError { throw StartFailure(description: words(error)) }
  }

  private func words(_ error: TLSIdentityError) -> String {
    (self as? CertificateFiles)?.words(error) ?? error.description
  }
}

/// A day as people read it.
func date(_ seconds: Int64) -> String {
  Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601.year().month().day())
}
