// SPDX-License-Identifier: MIT

// The options that say where the device is on the network. An option that is not given is nil: then an environment
// variable counts, and then the description's file.

import ArgumentParser

/// Where to listen, and as what.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: """
      The address to listen on; 0.0.0.0 or :: for every interface, once there is a network. (default: \(Defaults.host))
      """)
  var host: String?

  @Option(help: "The TCP port to listen on; 0 lets the system choose one. (default: \(Defaults.port))")
  var port: Int?

  @Option(
    help: ArgumentHelp(
      "The network interface to wait for, with --host 0.0.0.0 or ::.",
      discussion: "By default the one with the default route.", valueName: "name"))
  var interface: String?

  @Option(
    help: ArgumentHelp(
      "Another name that browsers reach the device by, for instance kitchen.local. May be repeated.",
      discussion: "Addresses, localhost and the machine's own name are always known.", valueName: "name"))
  var hostName: [String] = []

  @Option(help: "How many pages may be open at a time (1 to 10000). (default: \(Defaults.maxClients))")
  var maxClients: Int?

  @Option(
    help: """
      How many commands a second each page, and each address over HTTP, may give for long (0 for any number, up to \
      1000). (default: \(Defaults.maxCommands))
      """)
  var maxCommands: Int?
}
