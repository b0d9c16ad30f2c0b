// SPDX-License-Identifier: MIT

// The options that say where the device is on the network. An option that is not given is nil: then an environment
// variable counts, and then the description's file.

public import ArgumentParser
public import HostTransport

extension TransportKind: ExpressibleByArgument {}

/// Where to listen, and as what.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: """
      The address to listen on; 0.0.0.0 or :: for every interface, once there is a network. (default: \(Defaults.host))
      """)
  var host: String?

  @Option(help: "The TCP port to listen on; 0 lets the system choose one. (default: \(Defaults.port))")
  var port: String?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Announce the device to browsers of the local network (mDNS). (default: --announce)",
      discussion: "Through avahi's daemon, and only while others can reach the device."))
  var announce: Bool?

  @Option(
    help: ArgumentHelp(
      "Another name that browsers reach the device by, for instance kitchen.local. May be repeated.",
      discussion: """
        Addresses, localhost and the machine's own name are always known, the name also with .local, with the network's \
        domain, and with .lan, .home.arpa, .fritz.box, .home and .internal.
        """, valueName: "name"))
  var hostName: [String] = []

  @Option(
    help: ArgumentHelp(
      "An origin whose pages may open sockets and change things, for instance https://home.example.org:8443.",
      discussion: """
        May be repeated. Needed behind a proxy that changes the address and is not trusted; see docs/proxies.md.
        """,
      valueName: "origin"))
  var origin: [String] = []

  @Option(
    help: ArgumentHelp(
      "An origin whose pages may show the device in a frame, for instance http://homeassistant.local:8123.",
      discussion: "By default nobody. May be repeated.", valueName: "origin"))
  var frameFrom: [String] = []

  @Option(
    help: ArgumentHelp(
      "A proxy whose Forwarded and X-Forwarded fields are believed: its address, or a network.",
      discussion: "127.0.0.1, ::1 or 192.168.1.0/24. May be repeated; from any other address they are ignored.",
      valueName: "address"))
  var trustedProxy: [String] = []

  @Option(
    help: ArgumentHelp(
      "The path under which a proxy shows the device, if it does not take it off: /devices/lamp.", valueName: "path"))
  var pathPrefix: String?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Ask people who they are, by name and password or a token.",
      discussion: "By default on a network (--host 0.0.0.0), and not on this machine alone."))
  var login: Bool?

  @Option(help: "What those may do who are not logged in: none, or view. (default: none)")
  var guests: LoginSettings.GuestRole?

  @Option(help: "How many pages may be open at a time (1 to 10000). (default: \(Defaults.maxClients))")
  var maxClients: String?

  @Option(
    help: ArgumentHelp(
      "What moves the bytes: auto, epoll (Linux's own calls) or nio (SwiftNIO). (default: auto)",
      discussion: "Auto is SwiftNIO with TLS, and otherwise epoll with a ring for sends, where the kernel allows one."))
  var transport: TransportKind?

  /// The options that were given, by the names of their settings.
  var given: [String: [String]] {
    var options: [String: [String]] = [:]
    func add(_ name: String, _ value: (some CustomStringConvertible)?) {
      if let value { options[name] = [value.description] }
    }
    func add(_ name: String, all values: [String]) {
      if !values.isEmpty { options[name] = values }
    }
    add("host", host)
    add("port", port)
    add("announce", announce)
    add("host_names", all: hostName)
    add("origins", all: origin)
    add("frame_from", all: frameFrom)
    add("trusted_proxies", all: trustedProxy)
    add("path_prefix", pathPrefix)
    add("login", login)
    add("guests", guests?.rawValue)
    add("max_clients", maxClients)
    add("transport", transport?.rawValue)
    return options
  }
}

/// The options of the network that only a device has.
struct DeviceNetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The network interface to wait for, with --host 0.0.0.0 or ::.",
      discussion: "By default the one with the default route.", valueName: "name"))
  var interface: String?

  @Option(
    help: """
      How many commands a second each page, and each address over HTTP, may give for long (0 for any number, up to \
      1000). (default: \(Defaults.maxCommands))
      """)
  var maxCommands: String?

  /// The options that were given, by the names of their settings.
  var given: [String: [String]] {
    var options: [String: [String]] = [:]
    if let interface { options["interface"] = [interface] }
    if let maxCommands { options["max_commands"] = [maxCommands] }
    return options
  }
}
