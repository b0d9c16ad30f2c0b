// SPDX-License-Identifier: MIT

// The device on a bench: the whole application on a simulated board, with a network in memory, in virtual
// time. What a person could press or look at is here, and nothing else.

import Bytes
import ConformanceSupport
import DeviceComponents
import DeviceServer
import RemoteControl
import SimulatedBoard
import Timebase

typealias BenchControl = RemoteControl<SimulatedOutputPin, SimulatedOutputPin, SimulatedInputPin>
typealias BenchClient = VirtualClient<BenchControl>

/// A running device that a test can press, look at and connect to.
final class Bench {
  let board: SimulatedBoard
  let network: VirtualNetwork<BenchControl>
  /// All lines of the log that `takeLog` has not returned.
  private var lines: [String] = []

  init(
    name: String = "Kitchen", boot: UInt32 = 0x9f3a, active: Level = .high, buttonActive: Level = .low,
    board: SimulatedBoard? = nil, logLevel: SerialLog.Level = .serial, isSetUp: Bool = true
  ) {
    let board = board ?? SimulatedBoard(ledActiveLevel: active, buttonActiveLevel: buttonActive)
    self.board = board
    network = VirtualNetwork(
      RemoteControl(
        onboardLed: Led(board.statusLed, activeLevel: active), led: Led(board.led, activeLevel: active),
        button: Button(board.button, activeLevel: buttonActive),
        device: Device(Identity(name: bytes(name), boot: boot), log: SerialLog(level: logLevel))))
    guard isSetUp else { return }
    network.change { control, _ in control.setup(.sample) }
    _ = takeLog()
  }

  // MARK: Time, in which the board does what was asked of it

  func advance(by duration: Milliseconds) {
    let end = network.now + duration
    while true {
      let ofBoard = board.poll(now: network.now) ?? .distantFuture
      network.settle()
      guard network.now < end else { return }
      network.advance(to: min(ofBoard, end))
    }
  }

  /// Presses the button and waits until the device knows.
  func press() {
    board.press()
    advance(by: 12)
  }

  func release() {
    board.release()
    advance(by: 12)
  }

  /// Presses the button for 50 ms and waits until all is quiet.
  func tap() {
    board.tap()
    advance(by: 150)
  }

  // MARK: What there is to see

  var now: MonotonicTime { network.now }
  var state: DeviceState { network.application.device.state }
  var isLit: Bool { board.state.isLedLit }
  var refusedMessages: UInt32 { network.application.device.refusedMessages }
  var counters: ServerCounters { network.application.server.counters }
  var hubCounters: HubCounters {
    network.change { control, now in control.server.withHub(control.endpoint, now: now) { $0.counters } }
  }

  /// The lines that the device has logged since the last call.
  func takeLog() -> [String] {
    var lines: [String] = []
    network.application.device.log.drain { _, line in lines.append(text(Array(line))) }
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

extension NetworkIdentity {
  /// The seed's sample: S17.
  static let sample = NetworkIdentity(
    hardwareAddress: [0x30, 0xAE, 0xA4, 0x97, 0xF3, 0x0C], address: .ipv4(0xC0A8_0120, port: 80))
}

extension BenchClient {
  /// The text messages that have come, which must be all.
  func texts() -> [String] { frames().map { $0.opcode == 1 ? text($0.payload) : "\($0)" } }
}
