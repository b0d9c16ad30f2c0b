// SPDX-License-Identifier: MIT

// A gateway, its pages and a broker that is made of arrays, in virtual time. What the gateway publishes is read as a
// broker reads it; what devices say is written as the contract of topics has it.

import Bytes
import ConformanceSupport
import DeviceServer
import MQTTCore
import Testing
import Timebase

@testable import Fleet

typealias FleetClient = VirtualClient<FleetGateway>

final class FleetWorld {
  struct Published: Equatable {
    var topic: String
    var payload: String
    var isRetained = false
  }

  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  let network: VirtualNetwork<FleetGateway>
  private(set) var filters: [String] = []
  private(set) var published: [Published] = []
  private(set) var unacknowledged: [UInt16] = []
  /// What the broker says to filters: above 0x7F it refuses them.
  var codeForFilters: UInt8 = 0
  /// Whether the broker acknowledges messages at once.
  var acknowledges = true
  private var isConnected = false
  private let broker = OutgoingConnection<FleetGateway>.fleetBroker

  init(limits: FleetLimits = FleetLimits(), serverLimits: ServerLimits = .fleet, isConnected: Bool = true) {
    let settings = MQTTClient.Settings(options: ConnectOptions(clientIdentifier: bytes("heliograph-fleet-1")))
    network = VirtualNetwork(
      FleetGateway(
        settings, prefix: bytes("heliograph"), name: bytes("Fleet"), limits: limits, serverLimits: serverLimits, seed: 7))
    if isConnected { settle() }
  }

  // MARK: The broker

  /// Lets everything happen that can happen now.
  func settle() {
    network.settle()
    while true {
      let step = network.change { application, now in self.broker.nextStep(&application, now) }
      if case .connect = step {
        network.change { application, now in self.broker.opened(&application, now) }
        isConnected = true
      }
      var output: [UInt8] = []
      network.change { application, now in
        self.broker.writeOutput(&application, now) {
          output.append($0)
          return $0.count
        }
      }
      if step == .close { network.change { application, now in self.broker.closed(&application, [], now) } }
      guard !output.isEmpty else { return }
      while !output.isEmpty {
        let (first, body) = take(&output)
        answer(first, body)
      }
    }
  }

  /// Takes one packet off the front: its first byte, and what is behind its header.
  private func take(_ output: inout [UInt8]) -> (UInt8, [UInt8]) {
    let first = output.removeFirst()
    var (length, shift) = (0, 0)
    while true {
      let byte = output.removeFirst()
      length |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    defer { output.removeFirst(length) }
    return (first, Array(output.prefix(length)))
  }

  private func answer(_ first: UInt8, _ body: [UInt8]) {
    switch first >> 4 {
    case 1: hear([0x20, 2, 0, 0])
    case 3: note(first, body)
    case 4, 14: break
    case 12: hear([0xD0, 0])
    case 8:
      var rest = body.dropFirst(2)
      var codes: [UInt8] = []
      filters = []
      while !rest.isEmpty {
        filters.append(text(field(&rest)))
        codes.append(max(rest.removeFirst(), codeForFilters))
      }
      hear([0x90, UInt8(2 + codes.count)] + body.prefix(2) + codes)
    default: Issue.record("a packet that a gateway does not send: \(first)")
    }
  }

  private func field(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    let count = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  private func note(_ first: UInt8, _ body: [UInt8]) {
    var rest = body[...]
    let topic = text(field(&rest))
    if first >> 1 & 3 > 0 {
      unacknowledged.append(UInt16(rest.removeFirst()) << 8 | UInt16(rest.removeFirst()))
      if acknowledges { acknowledge() }
    }
    published.append(Published(topic: topic, payload: text(Array(rest)), isRetained: first & 1 == 1))
  }

  func acknowledge() {
    for identifier in unacknowledged { hear([0x40, 2, UInt8(identifier >> 8), UInt8(identifier & 0xFF)]) }
    unacknowledged = []
  }

  private func hear(_ bytes: [UInt8]) {
    network.change { application, now in
      let taken = self.broker.receive(&application, bytes.span, now)
      if taken != bytes.count { Issue.record("the gateway took \(taken) of \(bytes.count) bytes") }
    }
  }

  /// Closes the gateway's connection; it comes back when time passes.
  func disconnect() {
    isConnected = false
    network.change { application, now in self.broker.closed(&application, [], now) }
  }

  /// A device says something.
  func say(_ topic: String, _ payload: String, isRetained: Bool = false) {
    hear(Self.message(topic, payload, isRetained: isRetained))
    settle()
  }

  static func message(_ topic: String, _ payload: String, isRetained: Bool = false) -> [UInt8] {
    let name = bytes("heliograph/" + topic)
    let body = [UInt8(name.count >> 8), UInt8(name.count & 0xFF)] + name + bytes(payload)
    var packet: [UInt8] = [0x30 | (isRetained ? 1 : 0)]
    var length = body.count
    repeat {
      packet.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
      length >>= 7
    } while length > 0
    return packet + body
  }

  /// Several messages in one read.
  func say(_ messages: [[UInt8]]) {
    hear(Array(messages.joined()))
    settle()
  }

  /// A device with a switch `led`, a sensor and a button says all that it has to say.
  func introduce(
    _ identifier: String, name: String = "", led: String = "OFF", boot: String = "1", rev: Int = 1,
    groups: String = #""ground""#, isRetained: Bool = false
  ) {
    say(FleetWorld.introduction(
      identifier, name: name, led: led, boot: boot, rev: rev, groups: groups, isRetained: isRetained))
  }

  static func introduction(
    _ identifier: String, name: String = "", led: String = "OFF", boot: String = "1", rev: Int = 1,
    groups: String = #""ground""#, isRetained: Bool = false
  ) -> [[UInt8]] {
    [
      message(
        "\(identifier)/about",
        #"{"name":"\#(name)","version":"0.5.0","boot":"\#(boot)","rev":\#(rev),"address":"http://\#(identifier).local/","#
          + #""groups":[\#(groups)],"parts":{"led":{"kind":"switch","label":"LED"},"#
          + #""celsius":{"kind":"sensor","label":"Temperature","unit":"°C"},"bell":{"kind":"button","label":"Bell","remote":true},"#
          + #""level":{"kind":"number","label":"Level","min":0,"max":10,"step":1}}}"#, isRetained: isRetained),
      message("\(identifier)/led/state", led, isRetained: isRetained),
      message("\(identifier)/celsius/state", "21.5", isRetained: isRetained),
      message("\(identifier)/availability", "online", isRetained: isRetained),
    ]
  }

  func takePublished() -> [Published] {
    defer { published = [] }
    return published
  }

  /// Lets time pass, in steps of at most 50 ms, with a broker that answers.
  func wait(_ milliseconds: UInt32) {
    var left = milliseconds
    while left > 0 {
      let step = min(left, 50)
      network.advance(by: Milliseconds(step))
      settle()
      left -= step
    }
  }

  // MARK: What there is to see

  var table: FleetTable { network.application.context.table }

  func device(_ identifier: String) throws -> FleetDevice {
    let name = bytes(identifier)
    guard let row = table.row(of: name.span) else { throw Problem(description: "there is no \(identifier)") }
    return table.devices[row]
  }

  func state(_ identifier: String, _ part: String) throws -> String {
    let name = bytes(part)
    let device = try device(identifier)
    guard let index = device.part(named: name.span) else { throw Problem(description: "there is no \(part)") }
    return text(device.parts[index].state)
  }

  /// A page that has said hello and shows the first window.
  func open(_ watch: String = #"{"type":"watch"}"#, capacity: Int = 1 << 20) -> FleetClient {
    let page = FleetClient.webSocket(network, capacity: capacity)
    page.sendText(watch)
    return page
  }
}

extension FleetClient {
  /// The text messages that have come.
  func texts() -> [String] { frames().map { $0.opcode == 1 ? text($0.payload) : "\($0)" } }
}
