// SPDX-License-Identifier: MIT

// The settings of the device's broker, and what they come to: whom to connect to, and what to say of oneself. A password
// is never an option, which every process of the machine could read: it is in a file, or in the environment.

import ArgumentParser
import DeviceDescription
import Foundation
import HostNetwork
import MQTTCore
import HostTransport
import TransportSecurity
import Parts
import RemoteControl
import StateFile

/// The options that put the device on a broker.
struct BrokerOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A broker to be on, mqtt://HOST or mqtts://HOST; repeatable: the next one is tried when one is not there.",
      valueName: "url"))
  var mqttBroker: [String] = []

  @Option(help: ArgumentHelp("The user for the broker.", valueName: "name"))
  var mqttUser: String?

  @Option(
    help: ArgumentHelp(
      "The file with the user's password; or it is in HELIOGRAPH_MQTT_PASSWORD.", valueName: "file"))
  var mqttPasswordFile: String?

  @Option(
    help: ArgumentHelp(
      "The device's name in its topics: a to z, digits, _ and -. (default: this machine's name)", valueName: "id"))
  var mqttId: String?

  @Option(help: ArgumentHelp("The first level of all topics. (default: heliograph)", valueName: "prefix"))
  var mqttPrefix: String?

  @Option(help: ArgumentHelp("A group whose commands the device obeys, too; repeatable.", valueName: "name"))
  var mqttGroup: [String] = []

  @Flag(
    inversion: .prefixedNo,
    help: "Let Home Assistant find the device. (default: --mqtt-discovery)")
  var mqttDiscovery: Bool?

  @Option(help: ArgumentHelp("The version of MQTT: 3.1.1 or 5. (default: 3.1.1)", valueName: "version"))
  var mqttVersion: String?

  @Option(
    help: ArgumentHelp(
      "How long a broker waits for the device before it says that it has gone, with --mqtt-version 5. (default: 0)",
      valueName: "seconds"))
  var mqttWillDelay: Int?

  @Option(
    help: ArgumentHelp(
      "Trust a broker that these certificate authorities vouch for (PEM), and no other.", valueName: "file"))
  var mqttCaFile: String?

  @Option(
    help: ArgumentHelp("Trust the broker whose certificate has this SHA-256 fingerprint.", valueName: "hex"))
  var mqttFingerprint: String?

  @Option(help: ArgumentHelp("A certificate of the device's own for mqtts (PEM).", valueName: "file"))
  var mqttCertificate: String?

  @Option(help: ArgumentHelp("The private key of --mqtt-certificate (PEM).", valueName: "file"))
  var mqttKey: String?

  /// The options that were given, by the names of their settings.
  var given: [String: [String]] {
    var options: [String: [String]] = [:]
    func add(_ name: String, _ value: (some CustomStringConvertible)?) {
      if let value { options["mqtt." + name] = [value.description] }
    }
    if !mqttBroker.isEmpty { options["mqtt.broker"] = mqttBroker }
    if !mqttGroup.isEmpty { options["mqtt.groups"] = mqttGroup }
    add("user", mqttUser)
    add("password_file", mqttPasswordFile)
    add("id", mqttId)
    add("prefix", mqttPrefix)
    add("discovery", mqttDiscovery)
    add("version", mqttVersion)
    add("will_delay", mqttWillDelay)
    add("ca_file", mqttCaFile)
    add("fingerprint", mqttFingerprint)
    add("certificate", mqttCertificate)
    add("key", mqttKey)
    return options
  }
}

/// The broker that a device is on.
struct BrokerSettings: Sendable {
  let brokers: [BrokerURL]
  let options: BrokerOptions
  /// Whether one of the brokers is encrypted.
  let isSecure: Bool
  private let version: ProtocolVersion
  private let user: String?
  private let password: [UInt8]?
  private let trust: TLSTrust?

  /// The settings as they were given; nil: no broker.
  init?(_ given: SettingSources) throws {
    guard let urls = try given.texts("mqtt.broker"), !urls.isEmpty else {
      for name in [
        "user", "id", "prefix", "password_file", "discovery", "version", "will_delay", "ca_file", "fingerprint",
        "certificate", "key",
      ] { guard try given.text("mqtt." + name) == nil else { throw Self.withoutBroker(name) } }
      guard try given.texts("mqtt.groups") == nil else { throw Self.withoutBroker("groups") }
      return nil
    }
    brokers = try urls.map { try BrokerURL($0) }
    let identifier = try given.text("mqtt.id") ?? Self.machineName
    var options = BrokerOptions(
      prefix: try Self.level(given.text("mqtt.prefix") ?? "heliograph", "prefix"),
      identifier: try Self.identifier(identifier),
      groups: try (given.texts("mqtt.groups") ?? []).map { try Self.level($0, "group") },
      discoveryPrefix: try given.truth("mqtt.discovery") ?? true ? Self.discoveryPrefix : [])
    version = try given.text("mqtt.version") == "5" ? .v5 : .v311
    options.willDelay = UInt32(try given.integer("mqtt.will_delay") ?? 0)  // 0 to 86,400
    guard options.willDelay == 0 || version == .v5 else {
      throw StartFailure(description: "mqtt.will_delay is a word of MQTT 5: add --mqtt-version 5")
    }
    self.options = options
    user = try given.text("mqtt.user")
    password = try Self.password(given.text("mqtt.password_file"))
    guard password == nil || user != nil else {
      throw StartFailure(description: "the broker's password needs a user: add --mqtt-user NAME")
    }
    isSecure = brokers.contains { $0.isSecure }
    for name in ["ca_file", "fingerprint", "certificate", "key"] where !isSecure {
      guard try given.text("mqtt." + name) == nil else {
        throw StartFailure(
          description: "mqtt.\(name) is for a broker that is encrypted: write mqtts://\(brokers[0].host)")
      }
    }
    trust = try isSecure ? Self.trust(given) : nil
  }

  /// What the log says at the start if the password goes over the network for all to read.
  var warning: String? {
    guard password != nil, let open = brokers.first(where: { !$0.isSecure && !$0.isLoopback }) else { return nil }
    return "MQTT: the password goes to \(open.host) in the clear: use mqtts://\(open.host)"
  }

  /// The servers for the transport.
  var servers: [OutgoingServer] {
    brokers.map { OutgoingServer(host: $0.host, port: $0.port, tls: $0.isSecure ? trust : nil) }
  }

  /// Whether all of them are on this machine.
  var isOnThisMachine: Bool { brokers.allSatisfy(\.isLoopback) }

  /// Whether Home Assistant is told of the device.
  var isAnnounced: Bool { !options.discoveryPrefix.isEmpty }

  /// Whether it was told of it at an earlier start, by what was saved. Under another name it is another device; of the
  /// old one nothing is known here.
  func wasAnnounced(_ saved: SavedState?) -> Bool { saved?.announcement?.identifier == options.identifier }

  /// The link for a device, of which `saved` says what was announced before.
  func makeLink(_ device: inout Device, _ saved: SavedState?) -> BrokerLink {
    let announced = wasAnnounced(saved) ? saved?.announcement?.components ?? [] : []
    var options = options
    if !isAnnounced, !announced.isEmpty {
      options.discoveryPrefix = Self.discoveryPrefix
      options.isWithdrawn = true
    }
    return BrokerLink(
      makeClient(identifier: options.identifier), options, device: &device, announced: announced,
      seed: .random(in: .min ... .max))
  }

  /// A client of the brokers.
  func makeClient(identifier: [UInt8]) -> MQTTClient.Settings {
    var connect = ConnectOptions(version: version, clientIdentifier: Array("heliograph-".utf8) + identifier)
    connect.userName = user.map { Array($0.utf8) }
    connect.password = password
    return MQTTClient.Settings(options: connect, servers: brokers.count)
  }

  /// What is to be saved of what the link announces, or has yet to take back.
  func announcement(of components: [[UInt8]]) -> SavedState.Announcement? {
    guard isAnnounced || !components.isEmpty else { return nil }
    return SavedState.Announcement(identifier: options.identifier, components: components)
  }

  private static let discoveryPrefix = Array("homeassistant".utf8)

  // MARK: What was given

  private static func withoutBroker(_ name: String) -> StartFailure {
    StartFailure(description: "mqtt.\(name) is for a broker, and there is none: add --mqtt-broker mqtt://HOST")
  }

  /// A device's own level, which is none of those that are for several devices.
  private static func identifier(_ text: String) throws -> [UInt8] {
    guard text != "all", text != "group" else {
      throw StartFailure(description: "the id \(text) is a topic for several devices: choose another one")
    }
    return try level(text, "id")
  }

  private static func level(_ text: String, _ what: String) throws -> [UInt8] {
    let bytes = Array(text.utf8)
    guard BrokerOptions.isLevel(bytes.span) else {
      throw StartFailure(
        description: "the \(what) \(text) cannot be part of a topic: use a to z, digits, _ and -, at most 64 of them")
    }
    return bytes
  }

  /// The machine's name without its domain, in the letters that a topic may have.
  static var machineName: String {
    let name = ProcessInfo.processInfo.hostName.prefix { $0 != "." }.lowercased()
    let letters = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-" }
    return letters.isEmpty ? "device" : String(letters.prefix(64))
  }

  private static func password(_ file: String?) throws -> [UInt8]? {
    guard let file else { return ProcessInfo.processInfo.environment[passwordVariable].map { Array($0.utf8) } }
    var bytes = try ReadFile.bytes(file, limit: 65_535, what: "broker's password")
    while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return bytes
  }

  /// Where a password may be beside a file.
  static let passwordVariable = "HELIOGRAPH_MQTT_PASSWORD"

  private static func trust(_ given: SettingSources) throws -> TLSTrust {
    let authority: TLSTrust.Authority
    switch (try given.text("mqtt.ca_file"), try given.text("mqtt.fingerprint")) {
    case (nil, nil): authority = .system
    case (let file?, nil): authority = .certificates(try ReadFile.bytes(file, limit: 1 << 20))
    case (nil, let hex?): authority = .fingerprint(try fingerprint(hex))
    case (_?, _?): throw StartFailure(description: "give --mqtt-ca-file or --mqtt-fingerprint, not both")
    }
    let certificate = try given.text("mqtt.certificate").map { try ReadFile.bytes($0, limit: 1 << 20) } ?? []
    let key = try given.text("mqtt.key").map { try ReadFile.bytes($0, limit: 1 << 20) } ?? []
    guard certificate.isEmpty == key.isEmpty else {
      throw StartFailure(description: "--mqtt-certificate and --mqtt-key belong together: give both")
    }
    do throws(TLSIdentityError) {
      return try TLSTrust(authority, certificate: certificate, key: key)
    } catch {
      throw StartFailure(description: "mqtts: \(error)")
    }
  }

  /// 64 hexadecimal digits, perhaps with colons between them.
  private static func fingerprint(_ text: String) throws -> [UInt8] {
    let digits = text.filter { $0 != ":" }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { start in
      UInt8(digits.dropFirst(start).prefix(2), radix: 16)
    }
    guard digits.count == 64, bytes.count == 32, digits.allSatisfy(\.isHexDigit) else {
      throw StartFailure(description: "\(text) is no SHA-256 fingerprint: give 64 hexadecimal digits")
    }
    return bytes
  }
}

extension BrokerURL {
  /// Whether it is on this machine.
  var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
