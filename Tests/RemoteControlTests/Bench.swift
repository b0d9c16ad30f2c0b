// SPDX-License-Identifier: MIT

// The device on a bench: the whole application on a board without pins, with a network in memory, in virtual time. What
// a person could press or look at is here, and nothing else.

import Bytes
import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Timebase

typealias BenchClient = VirtualClient<RemoteControl>

/// A running device that a test can press, look at and connect to.
final class Bench {
  let board: TestBoard
  let network: VirtualNetwork<RemoteControl>

  /// The device of the tutorial.
  convenience init(
    name: String = "Kitchen", boot: UInt32 = 0x9f3a, board: TestBoard = TestBoard(),
    logLevel: SerialLog.Level = .serial, commandRate: CommandRate = CommandRate(), isSetUp: Bool = true
  ) {
    self.init(
      .demo(name: name), boot: boot, board: board, logLevel: logLevel, commandRate: commandRate, isSetUp: isSetUp)
  }

  init(
    _ device: Device, boot: UInt32 = 0x9f3a, board: TestBoard = TestBoard(), logLevel: SerialLog.Level = .serial,
    limits: ServerLimits = .remoteControl, history: HistorySpan = HistorySpan(),
    commandRate: CommandRate = CommandRate(), isSetUp: Bool = true,
    extend: (inout Router<RemoteControlContext>) -> Void = { _ in }
  ) {
    self.board = board
    network = VirtualNetwork(
      RemoteControl(
        device, board: board, identity: Identity(boot: boot, board: "test"), log: SerialLog(level: logLevel),
        limits: limits, history: history, commandRate: commandRate, extend: extend))
    guard isSetUp else { return }
    network.change { control, now in control.setup(.sample, now: now) }
    _ = takeLog()
  }

  // MARK: What a person does

  func advance(by duration: Milliseconds) { network.advance(by: duration) }

  /// An input shows something from now on.
  func set(_ input: Int, _ reading: Reading) {
    board.set(input, reading, at: now)
    network.settle()
  }

  /// Presses the button and waits until the device knows.
  func press() {
    set(0, .active)
    advance(by: 12)
  }

  func release() {
    set(0, .inactive)
    advance(by: 12)
  }

  /// Presses the button for 50 ms and waits until all is quiet.
  func tap() {
    board.tap()
    advance(by: 150)
  }

  // MARK: What there is to see

  var now: MonotonicTime { network.now }
  var device: Device {
    get { network.application.context.device }
    set { network.application.context.device = newValue }
  }
  /// The number of the device's last change.
  var revision: UInt64 { device.revision }
  /// Whether the LED of the tutorial's device is lit.
  var isLit: Bool { board.isOn(0) }
  var isStatusLit: Bool { board.isOn(1) }
  /// Whether its button is down, as far as the device knows.
  var isPressed: Bool {
    device.parts.contains { if case .button(let part) = $0.kind { part.isPressed } else { false } }
  }
  var refusedMessages: UInt32 { network.application.context.refusedMessages }
  var hubCounters: HubCounters {
    network.change { control, now in control.server.withHub(control.context.endpoint, now: now) { $0.counters } }
  }
  var counters: ServerCounters { network.application.server.counters }

  func part(_ name: String) -> Part { device.parts[device.index(of: bytes(name).span) ?? 0] }

  /// The lines that the device has logged since the last call.
  func takeLog() -> [String] {
    var lines: [String] = []
    network.application.context.log.drain { _, line in lines.append(text(Array(line))) }
    return lines
  }

  // MARK: Clients

  func connect(_ last: UInt32 = 100, capacity: Int = 65_536) -> BenchClient {
    BenchClient.webSocket(network, from: .ipv4(0xC0A8_0100 | last, port: 50_000), capacity: capacity)
  }

  /// Connects, and takes the greeting.
  func connectGreeted(_ last: UInt32 = 100) -> BenchClient {
    let client = connect(last)
    _ = client.frames()
    return client
  }

  /// One request on a connection of its own.
  func ask(
    _ method: String = "GET", _ target: String, _ fields: [String] = [], body: String? = nil
  ) -> Reply? {
    let client = BenchClient(network)
    defer { client.finish() }
    return client.ask(method, target, fields, body: body)
  }
}

extension Device {
  /// The tutorial's device: an LED on output 0, a button on input 0 that toggles it, and a status LED on output 1.
  static func demo(name: String = "Kitchen") -> Device { .demonstration(bytes(name)) }
}

extension Part.Reaction {
  /// A gesture and what it does, written as in a description.
  static func on(_ gesture: Gesture, _ actions: String...) -> Part.Reaction {
    Part.Reaction(gesture, actions.map { try! Action(bytes($0).span) })
  }
}

extension NetworkIdentity {
  /// The one in the tutorial's text.
  static let sample = NetworkIdentity(
    hardwareAddress: [0x30, 0xAE, 0xA4, 0x97, 0xF3, 0x0C], address: .ipv4(0xC0A8_0120, port: 80))
}

extension BenchClient {
  /// The text messages that have come, which must be all.
  func texts() -> [String] { frames().map { $0.opcode == 1 ? text($0.payload) : "\($0)" } }
}
