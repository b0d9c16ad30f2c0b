// SPDX-License-Identifier: MIT

// The options that say where the device is on the network.

import ArgumentParser

/// Where to listen, and as whom.
struct NetworkOptions: ParsableArguments {
  @Option(help: "The address to listen on; 0.0.0.0 or :: for every interface, when there is a network.")
  var host = "127.0.0.1"

  @Option(help: "The TCP port to listen on; 0 lets the system choose one.")
  var port = 8080

  @Option(
    help: ArgumentHelp(
      "The network interface whose address is waited for and printed, with --host 0.0.0.0 or ::.",
      discussion: "By default the one that has the default route.", valueName: "name"))
  var interface: String?

  @Option(
    help: ArgumentHelp(
      "Another name that browsers reach the device by, for instance kitchen.local. May be repeated.",
      discussion: "Addresses, localhost and the machine's own name are always known.", valueName: "name"))
  var hostName: [String] = []

  /// Whether it listens on every interface.
  var isForAll: Bool { host == "0.0.0.0" || host == "::" }

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("The port must be between 0 and 65535.") }
    guard !host.isEmpty else { throw ValidationError("The host must not be empty.") }
    guard interface == nil || isForAll else {
      throw ValidationError("--interface goes with --host 0.0.0.0 or ::, which listen on every interface.")
    }
  }
}
