// SPDX-License-Identifier: MIT

// The gateway's application: a table that a broker fills, pages that each look at a window of it, and commands on their
// way. Any number of gateways may stand beside each other, since none keeps anything: what one knows it was told, and
// will be told again.

import Bytes
public import DeviceServer
public import MQTTCore
public import RemoteControl
public import Timebase

/// A gateway to all devices of a broker.
public typealias FleetGateway = ServerApplication<FleetContext>

/// What the gateway's handlers share.
public struct FleetContext: ~Copyable, Sendable {
  var table: FleetTable
  var link: FleetLink
  var commands = FleetCommands()
  var screens: FleetScreens
  /// Lines for the host to print.
  public var log: SerialLog
  /// What people call this gateway; the page's title.
  public let name: [UInt8]
  /// The number of this start.
  let boot: [UInt8]
  /// The WebSocket of the pages.
  public let endpoint: WebSocketEndpoint
  let clientLimit: Int
  var answer: [UInt8] = []
  private var nextSearch = MonotonicTime.zero

  init(
    _ settings: MQTTClient.Settings, prefix: [UInt8], name: [UInt8], limits: FleetLimits, clientLimit: Int,
    endpoint: WebSocketEndpoint, log: SerialLog, seed: UInt64
  ) {
    table = FleetTable(limits: limits)
    link = FleetLink(settings, prefix: prefix, seed: seed)
    screens = FleetScreens(limits: limits)
    self.name = name
    self.endpoint = endpoint
    self.clientLimit = clientLimit
    self.log = log
    var boot: [UInt8] = []
    boot.append(hexadecimal: seed, width: 16)
    self.boot = boot
  }

  /// How many devices there are, how many of them are absent, and how much memory their rows take in bytes.
  public var size: (devices: Int, absent: Int, memory: Int) {
    (table.count, table.absent, table.devices.reduce(0) { $0 + $1.memorySize })
  }

  /// How many messages of devices have come.
  public var messages: UInt64 { table.messages }

  /// Does what is due; when to be called again.
  mutating func poll(now: MonotonicTime) -> MonotonicTime {
    link.client.poll(now: now)
    var next = table.poll(now: now)
    var hasUndescribed = false
    if now >= nextSearch {
      nextSearch = now + .seconds(5)
      hasUndescribed = table.hasUndescribed
    }
    if link.advance(hasUndescribed: hasUndescribed, answered: table.answered, now: now) { table.noteAsked() }
    next = min(next, min(nextSearch, commands.poll(table: &table, now: now)))
    if link.client.isOpen {
      commands.send(table: &table, now: now) { device, part, payload in
        link.publish(link.topics.command(to: device, part: part), payload, now: now)
      }
    }
    // What is due now is the transport's next step, for which it asks after this.
    let ofClient = link.client.nextDeadline
    return ofClient > now ? min(next, ofClient) : next
  }
}

extension ServerApplication where Context == FleetContext {
  /// A gateway to the devices on the brokers of `settings`; `extend` adds what a program has besides.
  public init(
    _ settings: MQTTClient.Settings, prefix: [UInt8], name: [UInt8], limits: FleetLimits = FleetLimits(),
    serverLimits: ServerLimits = .fleet, hostNames: HostNames = HostNames(), origin: OriginPolicy = .sameOrigin,
    log: SerialLog = SerialLog(), seed: UInt64, afterLoop: ((inout FleetContext, MonotonicTime) -> MonotonicTime?)? = nil,
    extend: (inout Router<FleetContext>) -> Void = { _ in }
  ) {
    var router = Router<FleetContext>()
    router.origin = origin
    let endpoint = FleetRoutes.add(to: &router, origin: origin)
    extend(&router)
    router.assets = .fleetPage
    let context = FleetContext(
      settings, prefix: prefix, name: name, limits: limits, clientLimit: serverLimits.clients, endpoint: endpoint,
      log: log, seed: seed)
    self.init(Server(router: router, limits: serverLimits, hostNames: hostNames), context: context) {
      context, server, now in
      var deadline = context.poll(now: now)
      if context.isUpdateDue(now: now) {
        server.withHub(endpoint, now: now) { context.update(&$0, now: now) }
      }
      deadline = min(deadline, context.nextUpdate)
      if let later = afterLoop?(&context, now) { deadline = min(deadline, later) }
      return deadline == .distantFuture ? nil : deadline
    }
  }
}
