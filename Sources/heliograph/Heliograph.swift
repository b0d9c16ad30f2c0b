// SPDX-License-Identifier: MIT

// The program: its options, checked before anything is opened, and its end: a signal ends it with status 0.

public import ArgumentParser
import Deflate
import HostTransport
public import Logging
import RemoteControl
import SystemCalls
import WebSocketCore

@main
struct Heliograph: AsyncParsableCommand {
  /// What `--version` prints, of every command.
  static let versionLine = "heliograph \(Identity.version)"

  static let configuration = CommandConfiguration(
    commandName: "heliograph",
    abstract: "A device server: switches, lights, buttons, contacts and sensors, in sync on every open page.",
    usage: """
      heliograph [<options>] [<file>]
      heliograph check <file>
      heliograph pins
      heliograph fleet --broker <url>
      heliograph new <name> [--yaml]
      heliograph user|token|session <command>
      """,
    discussion: """
      Runs the device that FILE describes (see Examples/kitchen.yaml) on the pins of this machine, or with \
      --board simulated on a board in this terminal, whose buttons can be pressed on the page, too. Without a file it \
      runs the demonstration: a simulated LED and a button. In a terminal, space presses the first button, q ends the \
      program, and a command such as press wall or set celsius 21.5 operates any part; without a terminal, standard \
      input takes the same commands, one per line. Ctrl-C, SIGTERM and SIGHUP (unless started by nohup) \
      close every connection and end the program.

      Each setting can be in the file, too, and in the environment (HELIOGRAPH_PORT for --port); an option \
      overrides the environment, which overrides the file.
      """,
    version: versionLine,
    subcommands: [
      CheckCommand.self, PinsCommand.self, FleetCommand.self, NewCommand.self, UserCommand.self, TokenCommand.self,
      SessionCommand.self,
    ])

  @Argument(help: ArgumentHelp("The description of the device.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The same as FILE.", valueName: "file"))
  var device: String?

  @Option(
    help: "The board: simulated in this terminal, or linux: the pins of this machine. (default: linux for a file)")
  var board: ProgramSettings.BoardKind?

  @OptionGroup(title: "Network")
  var network: NetworkOptions

  @OptionGroup(title: "Network")
  var deviceNetwork: DeviceNetworkOptions

  @OptionGroup(title: "Encryption")
  var tls: TLSOptions

  @OptionGroup(title: "MQTT")
  var broker: BrokerOptionGroup

  @Option(help: ArgumentHelp("Serve the files in this folder instead of the built-in page.", valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "What pages of that folder may have in themselves. (default: \(Defaults.pagePolicy.rawValue))",
      discussion: """
        strict: scripts and styles in files of their own; relaxed: in the page, too, as onclick and style have them. \
        Neither allows anything from another server.
        """))
  var pagePolicy: ProgramSettings.PagePolicyKind?

  @Option(help: "What people call the device; the page's title. (default: \(Defaults.name))")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Where the parts' state is kept for the next start, at most one write a second.",
      discussion: "By default a file in the state folder of the service or of the user.",
      valueName: "file"))
  var stateFile: String?

  @Option(
    help: ArgumentHelp(
      "The GPIO chip of lines that are given by number alone. (default: \(Defaults.chip))", valueName: "chip"))
  var chip: String?

  @OptionGroup(title: "An LED and a button without a file")
  var shorthand: ShorthandOptions

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Compress messages for browsers that offer to (permessage-deflate, RFC 7692).",
      discussion: "Needs a program that was built with the package's trait Deflate."))
  var deflate: Bool?

  @Option(
    help: "How much to log on standard error. (default: \(Defaults.logLevel))")
  var logLevel: Logger.Level?

  mutating func run() async throws {
    signal(SIGPIPE, SIG_IGN)  // a closed standard output is an error of a write, not the end of the program
    let (settings, described) = try resolved()
    var logger = Logger(label: "heliograph", factory: { StandardErrorLog($0) })
    logger.logLevel = settings.logLevel
    for line in Self.unknownVariables { logger.warning("\(line)") }
    let service = RemoteControlService(
      settings: settings, described: described, logger: logger, supervisor: Supervisor())
    try await service.run(until: EndSignal())
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// Why the program could not start, in one line.
struct StartFailure: Error, CustomStringConvertible {
  let description: String
}
