// SPDX-License-Identifier: MIT

// `heliograph fleet`: a gateway to all devices of a broker. Its settings are those of a device on a broker, with the same
// names in the environment; on the command line, where there is no device, they need no `mqtt-` in front.

import ArgumentParser
import DeviceDescription
import Foundation
import HostTransport
import Logging
import MQTTCore
import SystemCalls

struct FleetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet", abstract: "Show all devices of a broker on one page.",
    usage: "heliograph fleet --broker <url> [<options>]",
    discussion: """
      A page of all devices that are on an MQTT broker, live, with a search, their groups, and commands to one or to \
      many. A device that has said nothing for 75 seconds is shown as silent. Gateways keep nothing: any number may \
      stand beside each other, with a proxy in front.
      """, version: Heliograph.versionLine)

  @OptionGroup(title: "Broker")
  var broker: FleetBrokerOptions

  @OptionGroup(title: "Network")
  var network: NetworkOptions

  @OptionGroup(title: "Encryption")
  var tls: TLSOptions

  @Option(help: "What people call the fleet; the page's title. (default: Fleet)")
  var name: String?

  @Option(help: ArgumentHelp("The file beside which the accounts and certificates are, with --login and --tls.", valueName: "file"))
  var stateFile: String?

  @Option(help: "How much to log on standard error. (default: \(Defaults.logLevel))")
  var logLevel: Logger.Level?

  mutating func run() async throws {
    signal(SIGPIPE, SIG_IGN)  // a closed standard output is an error of a write, not the end of the program
    let (environment, idle) = SettingSources.taking(
      Self.settingsOfDevices, outOf: ProcessInfo.processInfo.environment, for: "a gateway")
    let settings = try resolved(environment)
    var logger = Logger(label: "heliograph", factory: { StandardErrorLog($0) })
    logger.logLevel = settings.logLevel
    for line in Heliograph.unknownVariables + idle { logger.warning("\(line)") }
    let service = try FleetService(settings: settings, logger: logger, supervisor: Supervisor())
    try await service.run(until: EndSignal())
  }

  /// What only a device has: no options here, and no variables.
  private static let settingsOfDevices = [
    "interface", "max_commands", "data", "page_policy", "board", "chip", "deflate", "mqtt.id", "mqtt.groups",
    "mqtt.discovery", "mqtt.will_delay",
  ]

  private func resolved(_ environment: [String: String]) throws -> ProgramSettings {
    let given = SettingSources(options: options, environment: environment, file: [])
    do {
      var settings = try ProgramSettings(given, hasFile: false)
      settings.name = try given.text("name") ?? "Fleet"
      settings.maxClients = try given.integer("max_clients") ?? Defaults.maxFleetClients
      guard settings.broker != nil else {
        throw ValidationError("there is no broker to show: add --broker mqtt://HOST")
      }
      return settings
    } catch let mistake as SettingMistake {
      throw mistake.failure(in: "")
    }
  }

  /// The options that were given, by the names of their settings.
  private var options: [String: [String]] {
    var options = network.given
    func add(_ name: String, _ value: (some CustomStringConvertible)?) {
      if let value { options[name] = [value.description] }
    }
    add("name", name)
    add("state_file", stateFile)
    add("log_level", logLevel?.rawValue)
    options.merge(tls.given) { first, _ in first }
    options.merge(broker.given) { first, _ in first }
    return options
  }
}

/// The options that say which broker.
struct FleetBrokerOptions: ParsableArguments {
  @Option(
    name: [.customLong("broker"), .customLong("mqtt-broker")],
    help: ArgumentHelp(
      "A broker, mqtt://HOST or mqtts://HOST; repeatable: the next one is tried when one is not there.",
      valueName: "url"))
  var broker: [String] = []

  @Option(
    name: [.customLong("user"), .customLong("mqtt-user")], help: ArgumentHelp("The user for the broker.", valueName: "name"))
  var user: String?

  @Option(
    name: [.customLong("password-file"), .customLong("mqtt-password-file")],
    help: ArgumentHelp(
      "The file with the user's password; or it is in HELIOGRAPH_MQTT_PASSWORD.", valueName: "file"))
  var passwordFile: String?

  @Option(
    name: [.customLong("prefix"), .customLong("mqtt-prefix")],
    help: ArgumentHelp("The first level of all topics. (default: heliograph)", valueName: "prefix"))
  var prefix: String?

  @Option(
    name: [.customLong("mqtt-version")],
    help: ArgumentHelp("The version of MQTT: 3.1.1 or 5. (default: 3.1.1)", valueName: "version"))
  var version: String?

  @Option(
    name: [.customLong("ca-file"), .customLong("mqtt-ca-file")],
    help: ArgumentHelp(
      "Trust a broker that these certificate authorities vouch for (PEM), and no other.", valueName: "file"))
  var caFile: String?

  @Option(
    name: [.customLong("fingerprint"), .customLong("mqtt-fingerprint")],
    help: ArgumentHelp("Trust the broker whose certificate has this SHA-256 fingerprint.", valueName: "hex"))
  var fingerprint: String?

  @Option(
    name: [.customLong("certificate"), .customLong("mqtt-certificate")],
    help: ArgumentHelp("A certificate of the gateway's own for mqtts (PEM).", valueName: "file"))
  var certificate: String?

  @Option(
    name: [.customLong("key"), .customLong("mqtt-key")],
    help: ArgumentHelp("The private key of --certificate (PEM).", valueName: "file"))
  var key: String?

  /// The options that were given, by the names of their settings.
  var given: [String: [String]] {
    var options: [String: [String]] = [:]
    func add(_ name: String, _ value: String?) {
      if let value { options["mqtt." + name] = [value] }
    }
    if !broker.isEmpty { options["mqtt.broker"] = broker }
    add("user", user)
    add("password_file", passwordFile)
    add("prefix", prefix)
    add("version", version)
    add("ca_file", caFile)
    add("fingerprint", fingerprint)
    add("certificate", certificate)
    add("key", key)
    return options
  }
}
