// SPDX-License-Identifier: MIT

// The options that have the device encrypted, and what they come to.

import ArgumentParser
import DeviceDescription
import HostTransport
import TransportSecurity

/// Whether, and with which certificate.
struct TLSOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Encrypt: HTTPS on --tls-port, to which --port only leads then.",
      discussion: """
        Without a certificate of your own the device makes a certificate authority in the folder of the state \
        file, and says how to trust it.
        """))
  var tls: Bool?

  @Option(
    help: ArgumentHelp(
      "A certificate of your own for --tls, its chain behind it (PEM); read anew when it changes.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("The private key of --tls-certificate (PEM, no passphrase).", valueName: "file"))
  var tlsKey: String?

  @Option(
    help: "The TCP port for HTTPS; 0 lets the system choose one. (default: \(Defaults.tlsPort))")
  var tlsPort: String?

  /// The options that were given, by the names of their settings.
  var given: [String: [String]] {
    var options: [String: [String]] = [:]
    func add(_ name: String, _ value: (some CustomStringConvertible)?) {
      if let value { options[name] = [value.description] }
    }
    add("tls", tls)
    add("tls_certificate", tlsCertificate)
    add("tls_key", tlsKey)
    add("tls_port", tlsPort)
    return options
  }
}

/// How the device is encrypted.
struct TLSSettings: Sendable {
  /// A certificate and its key, as files.
  struct Files: Sendable {
    let certificate: String
    let key: String
  }

  /// The person's own certificate; nil: one of the device's authority.
  var files: Files?
  /// The TCP port.
  var port = Defaults.tlsPort

  /// The settings as they were given; nil: no encryption.
  init?(_ given: SettingSources) throws {
    let (certificate, key) = (try given.text("tls_certificate"), try given.text("tls_key"))
    guard try given.truth("tls") ?? (certificate != nil || key != nil) else { return nil }
    switch (certificate, key) {
    case (let certificate?, let key?): files = Files(certificate: certificate, key: key)
    case (nil, nil): break
    case (_, nil): throw StartFailure(description: "the certificate needs its private key: add --tls-key FILE")
    case (nil, _): throw StartFailure(description: "the private key needs its certificate: add --tls-certificate FILE")
    }
    port = try given.integer("tls_port") ?? port
  }

  func check(_ settings: ProgramSettings) throws {
    #if TLS
      guard port != settings.port || port == 0 else {
        throw StartFailure(description: "HTTPS and HTTP cannot share port \(port): give another --tls-port")
      }
      guard files != nil || !settings.stateFile.isEmpty else {
        throw StartFailure(description: "there is no folder for the device's certificates: add --state-file FILE")
      }
    #else
      throw StartFailure(description: TLSIdentityError.leftOut.description)
    #endif
  }
}
