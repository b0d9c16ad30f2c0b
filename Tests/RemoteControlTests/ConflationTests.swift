// SPDX-License-Identifier: MIT

// What many clients are sent of a device with a chatty sensor: the latest values of what has changed since each was
// last sent any, and nothing else, whoever reads and whoever does not.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing
import Timebase

@testable import Parts
@testable import RemoteControl

@Suite struct ConflationTests {
  /// For a thousand clients.
  private static var limits: ServerLimits {
    var limits = ServerLimits.remoteControl
    limits.connections = 1100
    limits.clients = 1050
    return limits
  }

  /// A state message, as far as this test looks into it; messages for many are parsed once.
  private struct State {
    let revision: UInt64
    let values: [String: String]
  }

  private final class Messages {
    private var parsed: [[UInt8]: State] = [:]

    func state(_ message: [UInt8]) throws -> State {
      if let state = parsed[message] { return state }
      let json = try JSON(text(message))
      #expect(json.string("type") == "state", "\(text(message))")
      var values: [String: String] = [:]
      for name in json.names(of: "parts") {
        values[name] = json.double("parts", name, "value").map { "\(Int($0))" }
          ?? json.truth("parts", name, "on").map { "\($0)" }
      }
      let state = State(revision: json.number("rev") ?? 0, values: values)
      parsed[message] = state
      return state
    }
  }

  /// One who reads: what it was sent last of each part.
  private final class Reader {
    let client: BenchClient
    var values: [String: String] = ["lamp": "false", "celsius": "null", "door": "false", "desk": "false"]
    var revision: UInt64 = 1
    /// Bytes that are no whole frame yet.
    var rest: [UInt8] = []

    init(_ client: BenchClient) { self.client = client }

    /// Reads what has come: it is newer than what came before, and each part in it is another than it was.
    func read(_ messages: Messages) throws {
      rest += client.network.take(on: client.number)
      while let frame = Wire.takeFrame(&rest) {
        let state = try messages.state(frame.payload)
        #expect(state.revision > revision)
        revision = state.revision
        #expect(!state.values.isEmpty)
        for (name, value) in state.values {
          if name == "celsius" { #expect(values[name] != value, "sent again without a change") }
          // A lamp that was switched twice in between is what it was; else it must have changed.
          if name == "lamp", values[name] == value { repeatedLamps += 1 }
          #expect(name == "celsius" || name == "lamp", "\(name) has never changed")
          values[name] = value
        }
      }
    }

    var repeatedLamps = 0
  }

  @Test func aChattySensorCostsTheOthersNothingAndWhoDoesNotReadNoMemory() throws {
    let device = try Device(
      parts: [
        .switch("lamp", output: 0), .contact("door", input: 1), .sensor("celsius", input: 0),
        .light("desk", output: 1),
      ])
    let bench = Bench(device, limits: Self.limits)
    let messages = Messages()
    let deaf = (0..<500).map { _ in bench.connect(capacity: 2048) }
    for client in deaf {
      _ = client.frames()
      client.stopReading()
    }
    let readers = (0..<500).map { _ in Reader(bench.connect(capacity: 2048)) }
    for reader in readers { _ = reader.client.frames() }
    let slow = readers.prefix(50)
    for reader in slow { reader.client.stopReading() }

    for millisecond in 1...400 as ClosedRange<UInt32> {
      bench.board.set(0, .value(Decimal(Int64(millisecond))), at: bench.now + Milliseconds(millisecond))
    }
    var memory: [[Int]] = []
    for millisecond in 1...400 {
      bench.advance(by: 1)
      if millisecond % 41 == 0 { readers[499].client.sendText(#"{"type":"toggle","part":"lamp"}"#) }
      if millisecond % 50 == 0 {
        for reader in slow { bench.network.read(.max, on: reader.client.number) }
      }
      guard millisecond % 25 == 0 else { continue }
      for reader in readers {
        try reader.read(messages)
        guard millisecond % 100 == 0 else { continue }
        #expect(Int(reader.values["celsius"] ?? "") ?? 0 > millisecond - 100, "the latest of 100 ms ago, or later")
      }
      if millisecond % 200 == 0 { memory.append(deaf.map { self.memory(of: $0, bench) }) }
    }
    #expect(memory[0] == memory[1], "who does not read costs the same however much has changed")
    #expect(memory[0].allSatisfy { $0 <= 256 })
    #expect(deaf.allSatisfy { $0.isConnected && bench.network.heldOutput(on: $0.number) == 2048 })
    #expect(bench.hubCounters.discarded == 0)

    for reader in slow { reader.client.startReading() }
    for reader in readers {
      try reader.read(messages)
      #expect(reader.values["celsius"] == "400")
      #expect(reader.values["lamp"] == "\(bench.part("lamp").isOn == true)")
    }
    #expect(readers.dropFirst(50).allSatisfy { $0.repeatedLamps == 0 }, "who is quick sees each change once")

    // Who begins to read gets the rest of what its kernel had taken, and then the latest at once.
    deaf[0].startReading()
    let received = bench.network.take(on: deaf[0].number)
    #expect(received.count < 2048 + 512)
    #expect(text(received.suffix(200)).contains(#""celsius":{"value":400}"#))
  }

  /// What a client makes the server hold.
  private func memory(of client: BenchClient, _ bench: Bench) -> Int {
    guard let id = bench.network.id(of: client.number) else { return -1 }
    return bench.network.change { control, _ in
      control.server.pendingOutput(of: id) + control.server.inputMemory(of: id)
    }
  }

  @Test func oneChangeOfThirtyTwoPartsIsAnEighthOfTheWholeStateAtMost() throws {
    var parts: [Part] = []
    for number in 0..<8 {
      parts.append(.switch(Text(bytes("relay_\(number)")), output: number))
      parts.append(.light(Text(bytes("strip_\(number)")), output: 8 + 3 * number, channelCount: 3))
      parts.append(.button(Text(bytes("button_\(number)")), input: number))
      parts.append(.sensor(Text(bytes("sensor_\(number)")), input: 8 + number))
    }
    let bench = Bench(try Device(parts: parts), limits: Self.limits)
    let clients = (0..<1000).map { _ in bench.connect() }
    for client in clients { _ = client.frames() }
    var whole: [UInt8] = []
    ServerMessages.appendState(bench.network.application.context, since: 0, to: &whole)
    #expect(try JSON(text(whole)).names(of: "parts").count == 32)
    for (command, part) in [
      (#"{"type":"toggle","part":"relay_3"}"#, "relay_3"),
      (#"{"type":"set","part":"strip_7","color":[9,99,199]}"#, "strip_7"),
    ] {
      clients[0].sendText(command)
      var sent = 0
      for client in clients {
        let frames = client.frames()
        #expect(frames.count == 1)
        sent += frames.reduce(0) { $0 + $1.payload.count }
      }
      #expect(sent * 8 <= whole.count * 1000, "\(part): \(sent / 1000) of \(whole.count) bytes")
    }
  }

  @Test(arguments: [(1 << 32) - 2, (1 << 53) - 4] as [UInt64])
  func revisionsDoNotWrapWhereNumbersOftenDo(_ start: UInt64) throws {
    let bench = Bench()
    let early = bench.connectGreeted()
    bench.network.change { control, _ in control.context.device.revision = start }
    _ = early.frames()
    for step in 1...3 as ClosedRange<UInt64> {
      early.sendText(#"{"type":"toggle","id":\#(step),"part":"led"}"#)
      let texts = early.texts()
      #expect(texts.first == #"{"type":"ack","id":\#(step),"rev":\#(start + step)}"#)
      #expect(texts.last?.hasPrefix(#"{"type":"state","boot":"00009f3a","rev":\#(start + step),"#) == true)
      #expect(texts.count == 2)
      let page = Page(bench)
      #expect(page.shown == bench.expected && page.shown.revision == start + step)
      page.client.breakOff()
    }
  }
}
