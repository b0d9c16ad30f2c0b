// SPDX-License-Identifier: MIT

// A device on a broker that is made of arrays, in virtual time: what the device publishes, as a broker reads it.

import Bytes
import ConformanceSupport
import MQTTCore
import Testing
import Timebase

@testable import Parts
@testable import RemoteControl

/// A device with a connection to a broker that does what a test says.
struct BrokerWorld {
  /// A message that the device has published.
  struct Published: Equatable {
    var topic: String
    var payload: String
    var isRetained = true
    var qos: UInt8 = 1
  }

  var surface: BrokerSurface
  var device: Device
  var now = MonotonicTime.zero
  /// What the device has published and no test has looked at.
  private(set) var published: [Published] = []
  /// The filters that it has asked for.
  private(set) var filters: [String] = []
  private(set) var notes: [BrokerSurface.Note] = []
  /// Whether the broker acknowledges messages at once.
  var acknowledges = true
  private(set) var unacknowledged: [UInt16] = []
  /// What the broker says to messages and to filters: above 0x7F it refuses them.
  var (codeForMessages, codeForFilters): (UInt8, UInt8) = (0, 0)
  private let version: ProtocolVersion
  private var scratch: [UInt8] = []
  private let identity = Identity(boot: 7, board: "test")
  private var nextID: UInt16 = 1

  init(
    _ parts: Part..., options: BrokerOptions = BrokerOptions(identifier: bytes("lamp"), groups: [bytes("ground")]),
    announced: [String] = [], version: ProtocolVersion = .v311
  ) throws {
    self.version = version
    device = try Device(bytes("Lamp"), parts: parts)
    device.start(now: .zero)
    let settings = MQTTClient.Settings(
      options: ConnectOptions(version: version, clientIdentifier: bytes("heliograph-lamp")))
    surface = BrokerSurface(settings, options, device: device, announced: announced.map { bytes($0) }, seed: 5)
  }

  /// Connects, and lets the device say what it has to say.
  mutating func connect() throws {
    guard case .connect = surface.client.nextStep(now: now) else {
      throw Problem("the device does not want to connect")
    }
    surface.client.opened(now: now)
    try settle()
  }

  struct Problem: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  /// Lets everything happen that can happen now.
  mutating func settle() throws {
    while true {
      notes += surface.performKept(device: &device, now: now)
      surface.advance(device, identity, now: now)
      var output: [UInt8] = []
      surface.client.connection?.writeOutput {
        output.append($0)
        return $0.count
      }
      guard !output.isEmpty else { return }
      while !output.isEmpty { try answer(take(&output)) }
    }
  }

  /// Takes one packet off the front: its first byte, and what is behind its header.
  private func take(_ output: inout [UInt8]) throws -> (UInt8, [UInt8]) {
    let first = output.removeFirst()
    var (length, shift) = (0, 0)
    while true {
      let byte = output.removeFirst()
      length |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    guard output.count >= length else { throw Problem("half a packet") }
    defer { output.removeFirst(length) }
    return (first, Array(output.prefix(length)))
  }

  private mutating func answer(_ packet: (first: UInt8, body: [UInt8])) throws {
    switch packet.first >> 4 {
    case 1: hear([0x20, UInt8(2 + noProperties.count), 0, 0] + noProperties)
    case 3: note(packet.first, packet.body)
    case 4, 14: break
    case 12: hear([0xD0, 0])
    case 8:
      var rest = packet.body.dropFirst(2 + noProperties.count)
      var codes: [UInt8] = []
      while !rest.isEmpty {
        filters.append(text(field(&rest)))
        codes.append(max(rest.removeFirst(), codeForFilters))
      }
      hear([0x90, UInt8(2 + noProperties.count + codes.count)] + packet.body.prefix(2) + noProperties + codes)
    default: throw Problem("a packet that a device does not send: \(packet)")
    }
  }

  /// Properties without any; in 3.1.1 there are none.
  private var noProperties: [UInt8] { version == .v5 ? [0] : [] }

  private func field(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    let count = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  private mutating func note(_ first: UInt8, _ body: [UInt8]) {
    var rest = body[...]
    let topic = text(field(&rest))
    let qos = first >> 1 & 3
    if qos > 0 {
      unacknowledged.append(UInt16(rest.removeFirst()) << 8 | UInt16(rest.removeFirst()))
      if acknowledges { acknowledge() }
    }
    rest = rest.dropFirst(noProperties.count)
    published.append(Published(topic: topic, payload: text(Array(rest)), isRetained: first & 1 == 1, qos: qos))
  }

  /// Acknowledges all that is not.
  mutating func acknowledge() {
    for identifier in unacknowledged {
      let code = version == .v5 ? [codeForMessages] : []
      hear([0x40, UInt8(2 + code.count), UInt8(identifier >> 8), UInt8(identifier & 0xFF)] + code)
    }
    unacknowledged = []
  }

  /// The broker sends bytes.
  mutating func hear(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let (taken, note) = surface.receive(Array(rest).span, device: &device, now: now, scratch: &scratch)
      rest = rest.dropFirst(taken)
      if let note { notes.append(note) }
    }
  }

  /// The broker delivers a message.
  mutating func deliver(_ topic: String, _ payload: String, isRetained: Bool = false, qos: UInt8 = 0) throws {
    let name = bytes(topic)
    var body: [UInt8] = [UInt8(name.count >> 8), UInt8(name.count & 0xFF)] + name
    if qos > 0 {
      body += [UInt8(nextID >> 8), UInt8(nextID & 0xFF)]
      nextID += 1
    }
    body += noProperties + bytes(payload)
    precondition(body.count < 128)
    hear([0x30 | qos << 1 | (isRetained ? 1 : 0), UInt8(body.count)] + body)
    try settle()
  }

  /// The broker has closed the connection, or it broke.
  mutating func disconnect() { surface.client.closed(now: now) }

  /// Lets time pass, in steps of 10 ms.
  mutating func wait(_ milliseconds: UInt32) throws {
    let end = now + Milliseconds(milliseconds)
    while now < end {
      now = now + 10
      _ = device.poll(now: now)
      surface.client.poll(now: now)
      try settle()
    }
  }

  mutating func perform(_ command: Command, on part: Int) throws {
    try device.perform(command, on: part, by: .http, now: now)
  }

  mutating func forgetUnacknowledged() { unacknowledged = [] }

  mutating func forgetNotes() { notes = [] }

  /// What was published since the last call.
  mutating func takePublished() -> [Published] {
    defer { published = [] }
    return published
  }

  /// The same, of one topic below the device's own.
  mutating func takePublished(_ name: String) -> [String] {
    takePublished().filter { $0.topic == "heliograph/lamp/\(name)" }.map(\.payload)
  }
}
