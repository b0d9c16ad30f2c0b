// SPDX-License-Identifier: MIT

// The gateway's life: the application on its loop, the connection to the broker, the port, and the wait for a signal.

import Accounts
import DeviceServer
import Fleet
import Foundation
import HTTPCore
import Logging
import MQTTCore
import HostNetwork
import HostTransport
import RemoteControl
import SystemCalls
import Timebase

struct FleetService {
  private let settings: ProgramSettings
  private let broker: BrokerSettings
  private let log: LineLog
  private let supervisor: Supervisor
  private let door: LoginDoor?

  init(settings: ProgramSettings, logger: Logger, supervisor: Supervisor) throws {
    guard let broker = settings.broker else { throw StartFailure(description: "there is no broker") }
    self.settings = settings
    self.broker = broker
    self.supervisor = supervisor
    log = LineLog(logger)
    door = try LoginDoor(settings)
  }

  /// Serves until `end`, or until something fails; the end is the same.
  func run(until end: EndSignal) async throws {
    let gatekeeper = ThreadConfined<Gatekeeper?>(nil)
    let transport = try await start(gatekeeper)
    let brokers = broker.brokers.map(\.host).joined(separator: ", ")
    print(FirstWords.title(settings.name, "the broker \(brokers)"))
    log.add(.debug, "transport: \(transport.words)")
    for warning in [settings.loginWarning, broker.warning].compactMap(\.self) { log.add(.warning, warning) }
    try await transport.connect(.fleetBroker, servers: broker.servers)
    var failure: (any Error)?
    do {
      try await end.cancelling {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await listen(transport, gatekeeper) }
          group.addTask { await supervisor.reportLife(of: transport) }
          if let door { group.addTask { await door.run(transport) { gatekeeper.value } } }
          for try await _ in group {}
        }
      }
    } catch {
      failure = error
    }
    supervisor.stopping()
    try await transport.shutdown()
    log.finish()
    if let failure { throw failure }
  }

  private func start(_ gatekeeper: ThreadConfined<Gatekeeper?>) async throws -> HostTransport<FleetGateway> {
    try await HostTransport.start(settings.transport, encrypts: settings.encrypts) {
      gatekeeper.value = door?.makeGatekeeper()
      return makeGateway(gatekeeper.value)
    } onNewSecond: { application, seconds in
      application.server.date = HTTPDate(secondsSince1970: seconds)
      gatekeeper.value?.unixSeconds = UInt64(clamping: seconds)
    } afterActivity: { application, _ in
      if application.context.log.hasLines {
        application.context.log.drain { level, line in log.add(level, line) }
      }
      if let gatekeeper = gatekeeper.value { door?.afterActivity(gatekeeper) { log.add($0, $1) } }
    }
  }

  private func makeGateway(_ gatekeeper: Gatekeeper?) -> FleetGateway {
    var limits = ServerLimits.fleet
    limits.clients = settings.maxClients
    limits.connections = settings.maxClients * 2 + 64
    var client = broker.makeClient(identifier: Self.identifier)
    // There are few gateways, and pages wait for each: it comes back sooner than a device.
    client.firstPause = 250
    client.longestPause = .seconds(5)
    client.limits = MQTTConnection.Limits(packetSize: 65_536, inFlight: 256)
    var gateway = FleetGateway(
      client, prefix: broker.options.prefix, name: Array(settings.name.utf8), serverLimits: limits,
      hostNames: HostNames(settings.knownHostNames), origin: settings.proxies.originPolicy,
      log: SerialLog(level: settings.logLevel <= .debug ? .debug : .info), seed: .random(in: .min ... .max)
    ) { _, now in
      gatekeeper?.poll(now: now)
    } extend: { router in
      gatekeeper?.add(to: &router)
    }
    gateway.server.trustedProxies = settings.proxies.trusted
    gateway.server.pathPrefix = settings.proxies.pathPrefix
    gateway.server.pagePolicy = PagePolicy(frameAncestors: settings.proxies.framing.map(\.bytes))
    gateway.server.advice.hostName = "Start it with --host-name"
    gateway.server.advice.origin = "If both are yours, start it with --origin"
    return gateway
  }

  /// Another name for each gateway, so that none takes another's place on the broker.
  private static var identifier: [UInt8] {
    Array("fleet-\(String(UInt64.random(in: .min ... .max), radix: 36))".utf8)
  }

  private func print(_ line: String) { StandardDescriptor.output.write(Array("\(line)\n".utf8)) }

  /// Opens the port, and stays until the task is cancelled.
  private func listen(
    _ transport: HostTransport<FleetGateway>, _ gatekeeper: ThreadConfined<Gatekeeper?>
  ) async throws {
    if settings.isForAll { await MulticastName.learn() }
    let certificates = try settings.tls.map { try CertificateKeeper($0, settings) { [log] in log.add($0, $1) } }
    let secure = try await certificates?.openPort(transport, host: settings.host)
    let address = try await transport.open(host: settings.host, port: settings.port) { [log] in log.add(.warning, $0) }
    let port = Int(secure?.port ?? address.port)
    let trust = certificates?.howToTrust(port: Int(address.port)) ?? []
    let url = settings.url(port: port)
    let words = FirstWords(settings, port: port, boundTo: address)
    let link = try await transport.withApplication { application, now in
      application.server.securePort = secure
      return gatekeeper.value?.makeOwnerLink(now: now)
    }
    for line in [url] + words.lines + trust + LoginDoor.words(for: link, at: words.bestURL ?? url) { print(line) }
    try await supervisor.ready(url)
    let announcer = Announcer(settings: settings, transport: transport, isDevice: false) { [log] in log.add($0, $1) }
    async let announced: Void? =
      announcer.isWanted(for: address) ? announcer.run(port: UInt16(clamping: port)) : nil
    async let named: Void = HostNamesKeeper { settings.knownHostNames }.run { names in
      try? await transport.withApplication { application, _ in application.server.hostNames = names }
    }
    try await certificates?.keep(transport)
    await announced
    await named
    await untilCancelled()
  }
}
