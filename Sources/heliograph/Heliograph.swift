// SPDX-License-Identifier: MIT

// The program: its options, checked before anything is opened, and its end. A mistake in an option is one line on
// standard error and status 64; a port that cannot be opened is one line and status 1; a signal ends it with status 0.

public import ArgumentParser
import Deflate
import DeviceComponents
public import Logging
import ServiceLifecycle
import UnixSignals
import WebSocketCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@main
struct Heliograph: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heliograph",
    abstract: "A remote control in the browser: a page and a push button drive an LED, in sync.",
    discussion: """
      Runs the device on a simulated board, or with --board gpio on the pins of this machine. In a terminal, space \
      presses the simulated button, p presses and holds it, r lets it go, q ends the program. Without a terminal, the \
      lines press, release and tap on standard input do the same. Ctrl-C and SIGTERM close every connection and end \
      the program.
      """,
    subcommands: [PinsCommand.self])

  @OptionGroup(title: "Network")
  var network: NetworkOptions

  @OptionGroup(title: "Restore")
  var state: StateOptions

  @Option(help: "How many pages may be open at a time (1 to 10000).")
  var maxClients = 8

  @Option(help: ArgumentHelp("Serve the files in this folder instead of the built-in page.", valueName: "folder"))
  var data: String?

  @Option(help: "What people call the device; the page's title.")
  var name = "Heliograph"

  @OptionGroup(title: "Board")
  var board: BoardOptions

  @Flag(
    help: ArgumentHelp(
      "Compress messages for browsers that offer to (permessage-deflate, RFC 7692).",
      discussion: "Needs a program that was built with the package's trait Deflate."))
  var deflate = false

  @Option(help: "How much to log on standard error (trace, debug, info, notice, warning, error, critical).")
  var logLevel = Logger.Level.info

  func validate() throws {
    guard (1...10_000).contains(maxClients) else {
      throw ValidationError("The number of clients must be between 1 and 10000.")
    }
    guard !deflate || DeflateSupport.zlib() != nil else {
      throw ValidationError("This program was built without compression; build it with --traits Deflate.")
    }
  }

  mutating func run() async throws {
    signal(SIGPIPE, SIG_IGN)  // a closed standard output is an error of a write, not the end of the program
    var logger = Logger(label: "heliograph", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = logLevel
    let service = RemoteControlService(options: self, logger: logger, supervisor: Supervisor())
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: .silent))
    try await group.run()
  }
}

extension Logger {
  /// What ServiceLifecycle says of its own steps is no news to the user.
  fileprivate static let silent = Logger(label: "lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// Why the program could not start, in one line.
struct StartFailure: Error, CustomStringConvertible {
  let description: String
}
