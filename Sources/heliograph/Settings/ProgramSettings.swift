// SPDX-License-Identifier: MIT

// The settings that are not parts, from options, environment and file.

import ArgumentParser
import Deflate
import DeviceDescription
import Foundation
import HostTransport
import Logging
import WebSocketCore

/// How the program runs its device.
struct ProgramSettings: Sendable {
  /// What people call the device.
  var name = Defaults.name
  /// What the parts are wired to.
  var board = BoardKind.simulated
  /// The GPIO chip of lines that are given by number alone.
  var chip = Defaults.chip
  /// The address to listen on.
  var host = Defaults.host
  /// The TCP port to listen on; 0 lets the system choose one.
  var port = Defaults.port
  /// The interface whose address is waited for; nil for that of the default route.
  var interface: String?
  /// Whether browsers of the local network are told of the device.
  var isAnnounced = true
  /// Further names that browsers may know the device by.
  var hostNames: [String] = []
  /// What is behind proxies: origins that are invited, proxies that are trusted, and the path outside.
  var proxies = ProxySettings()
  /// Whether people log in.
  var login = LoginSettings()
  /// What is to be said of that at the start.
  var loginWarning: String? { login.warning(host: host, proxies) }
  /// How the device is encrypted; nil: not at all.
  var tls: TLSSettings?
  /// The broker that the device is on; nil: none.
  var broker: BrokerSettings?
  /// How many pages may be open at a time.
  var maxClients = Defaults.maxClients
  /// How many commands a second each client may give for long; 0: any number.
  var maxCommands = Defaults.maxCommands
  /// What moves the bytes.
  var transport = TransportKind.automatic
  /// The folder that is served in place of the built-in page.
  var data: String?
  /// Whether pages of that folder may have scripts and styles in them.
  var pagePolicy = Defaults.pagePolicy
  /// Where the parts' state is kept.
  var stateFile = StateFolder.defaultFile
  /// Whether messages are compressed.
  var deflate = false
  /// What is logged.
  var logLevel = Defaults.logLevel

  enum BoardKind: String, CaseIterable, ExpressibleByArgument {
    case simulated, linux

    /// `gpio` is what the option called `linux` when there were only lines.
    init?(argument: String) { self.init(rawValue: argument == "gpio" ? "linux" : argument) }
  }

  /// How much a page may have in itself.
  enum PagePolicyKind: String, CaseIterable, ExpressibleByArgument {
    case strict, relaxed
  }

  /// Whether there is TLS, of the device's own port or towards a broker.
  var encrypts: Bool { tls != nil || broker?.isSecure == true }

  /// Whether it listens on every interface.
  var isForAll: Bool { host == "0.0.0.0" || host == "::" }

  /// The settings as they were given, for a device that is described in a file or not.
  init(_ given: SettingSources, hasFile: Bool) throws {
    name = try given.text("name") ?? name
    board = try given.text("board").flatMap { BoardKind(rawValue: $0) } ?? (hasFile ? .linux : .simulated)
    chip = try given.text("chip") ?? chip
    host = try given.text("host") ?? host
    port = try given.integer("port") ?? port
    interface = try given.text("interface")
    isAnnounced = try given.truth("announce") ?? isAnnounced
    hostNames = try given.texts("host_names") ?? []
    proxies = try ProxySettings(given)
    login = try LoginSettings(given)
    tls = try TLSSettings(given)
    broker = try BrokerSettings(given)
    maxClients = try given.integer("max_clients") ?? maxClients
    maxCommands = try given.integer("max_commands") ?? maxCommands
    transport = try given.text("transport").flatMap { TransportKind(rawValue: $0) } ?? transport
    data = try given.text("data")
    pagePolicy = try given.text("page_policy").flatMap { PagePolicyKind(rawValue: $0) } ?? pagePolicy
    stateFile = try given.text("state_file") ?? stateFile
    deflate = try given.truth("deflate") ?? deflate
    logLevel = try given.text("log_level").flatMap { Logger.Level(rawValue: $0) } ?? logLevel
    try check()
  }

  private func check() throws {
    guard !host.isEmpty else {
      throw StartFailure(description: "the host must not be empty: give an address of this machine, or 0.0.0.0")
    }
    guard interface == nil || isForAll else {
      throw StartFailure(description: "--interface needs --host 0.0.0.0 or ::, which listen on every interface: add it")
    }
    guard pagePolicy == .strict || data != nil else {
      throw StartFailure(description: "the page policy relaxed is for a folder of pages: give one with --data")
    }
    try tls?.check(self)
    guard !deflate || DeflateSupport.zlib() != nil else {
      throw StartFailure(description: "this program was built without compression; build it with --traits default,Deflate")
    }
  }
}

/// Where the state is kept unless a file is given.
enum StateFolder {
  /// In the service's folder (systemd's STATE_DIRECTORY), or in the user's (the XDG Base Directory Specification);
  /// empty without either.
  static var defaultFile: String {
    if let folder = path(in: "STATE_DIRECTORY") { return folder + "/state" }
    if let folder = path(in: "XDG_STATE_HOME") { return folder + "/heliograph/state" }
    return path(in: "HOME").map { $0 + "/.local/state/heliograph/state" } ?? ""
  }

  /// The absolute path in a variable; the first one, should there be several.
  private static func path(in variable: String) -> String? {
    guard let value = ProcessInfo.processInfo.environment[variable], value.hasPrefix("/") else { return nil }
    return value.split(separator: ":").first.map(String.init)
  }
}
