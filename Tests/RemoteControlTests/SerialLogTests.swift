// SPDX-License-Identifier: MIT

// The lines that the tutorial's program prints on its serial port, and what becomes of lines that nobody takes.

import Bytes
import ConformanceSupport
import DeviceServer
import RemoteControl
import Testing
import Timebase

@Suite struct SerialLogTests {
  private func lines(_ log: inout SerialLog) -> [String] {
    var lines: [String] = []
    log.drain { _, line in lines.append(text(Array(line))) }
    return lines
  }

  @Test func linesComeOutOnceAndInOrder() {
    var log = SerialLog(level: .debug)
    log.add { $0.append("one") }
    log.add(.debug) { $0.append("two") }
    #expect(lines(&log) == ["one", "two"])
    #expect(lines(&log) == [])
    log.add { $0.append("three") }
    #expect(lines(&log) == ["three"])
  }

  @Test func aSerialLogKeepsNoDebugLines() {
    var log = SerialLog()
    log.add(.debug) { _ in Issue.record("a line that nobody wants was written") }
    #expect(lines(&log) == [])
    #expect(log.dropped == 0)
  }

  @Test func whatNobodyTakesIsBoundedAndCounted() {
    var log = SerialLog()
    for _ in 0..<100_000 { log.add { $0.append("0123456789") } }
    let kept = lines(&log).count
    #expect(kept <= 6554)
    #expect(Int(log.dropped) + kept == 100_000)
    log.add { $0.append("again") }
    #expect(lines(&log) == ["again"])
  }

  @Test func setupSaysHowTheNetworkWasReached() {
    let bench = Bench(isSetUp: false)
    bench.network.change { control, _ in control.setup(.sample, now: .zero) }
    #expect(bench.takeLog() == ["Trying to connect [30:AE:A4:97:F3:0C] ... 192.168.1.32"])
  }

  @Test func loopbackHasTheZeroAddress() {
    let bench = Bench(isSetUp: false)
    let loopback = NetworkIdentity(
      hardwareAddress: InlineArray(repeating: 0), address: .ipv4(0x7F00_0001, port: 8080))
    bench.network.change { control, _ in control.setup(loopback, now: .zero) }
    #expect(bench.takeLog() == ["Trying to connect [00:00:00:00:00:00] ... 127.0.0.1"])
  }

  @Test func comingAndGoingAreTheTutorialsLines() {
    let bench = Bench()
    let client = bench.connect()
    #expect(bench.takeLog() == ["WebSocket client #1 connected from 192.168.1.100"])
    client.breakOff()
    #expect(bench.takeLog() == ["WebSocket client #1 disconnected"])
  }

  @Test func aReloadGetsTheNextNumber() {
    let bench = Bench()
    let first = bench.connect(100)
    let second = bench.connect(101)
    _ = bench.takeLog()
    second.send(Wire.close(1001))
    let third = bench.connect(101)
    #expect(
      bench.takeLog() == [
        "WebSocket client #2 disconnected", "WebSocket client #3 connected from 192.168.1.101",
      ])
    first.breakOff()
    third.breakOff()
    #expect(bench.takeLog() == ["WebSocket client #1 disconnected", "WebSocket client #3 disconnected"])
  }

  @Test func debugLinesSayWhy() {
    let bench = Bench(logLevel: .debug)
    let client = bench.connect()
    _ = bench.takeLog()
    client.sendText("{}")
    client.sendBinary([1])
    #expect(
      bench.takeLog() == ["WebSocket client #1: missing type", "WebSocket client #1: messages are text"])
    #expect(bench.refusedMessages == 2)
    client.send(Wire.close(4000, "done"))
    #expect(
      bench.takeLog() == ["WebSocket client #1 disconnected", "WebSocket client #1 closed with 4000 done"])
  }

  // MARK: Who is given up

  /// The lines at the level info after two clients have come, and something was done with the first.
  private func farewell(
    limits: ServerLimits = .remoteControl, _ act: (Bench, BenchClient) -> Void
  ) -> [String] {
    let bench = Bench(.demo(name: "Kitchen"), logLevel: .info, limits: limits)
    let client = bench.connect(66)
    _ = bench.connect(66)
    _ = bench.takeLog()
    act(bench, client)
    return bench.takeLog().filter { $0.hasPrefix("WebSocket client #1 closed") }
  }

  private static func line(_ words: String) -> [String] { ["WebSocket client #1 closed with \(words)"] }

  @Test func whoAnswersNoPingIsNamedWithTheReason() {
    #expect(farewell { bench, _ in bench.advance(by: .seconds(36)) } == Self.line("1006 no answer to two pings"))
    var limits = ServerLimits.remoteControl
    limits.clients = 2
    let whenItsPlaceIsNeeded = farewell(limits: limits) { bench, _ in
      bench.advance(by: 25_100)
      _ = bench.connect(67)
    }
    #expect(whenItsPlaceIsNeeded == Self.line("1006 no answer to a ping, and its place was needed"))
  }

  @Test func whoseTurnItIsToGoIsNamedWithTheReason() {
    let cleanedUp = farewell { bench, client in
      bench.network.change { control, now in
        control.server.withHub(control.context.endpoint, now: now) { $0.cleanupClients(max: 1) }
      }
      client.send(Wire.close(4013))
    }
    #expect(cleanedUp == Self.line("4013 too many clients"))
    var limits = ServerLimits.remoteControl
    limits.clients = 2
    let bench = Bench(.demo(name: "Kitchen"), logLevel: .info, limits: limits)
    let phone = [bench.connectGreeted(66), bench.connectGreeted(66)]
    _ = bench.takeLog()
    _ = bench.connect(67)
    #expect(bench.takeLog().contains("WebSocket client #2 closed with 4013 others have fewer places"))
    #expect(
      phone[1].frames() == [
        .text(#"{"type":"error","error":"others have fewer places","clients":2}"#),
        .close(4013, "others have fewer places"),
      ])
  }

  @Test func whoDoesNotAnswerACloseOrBreaksTheProtocolIsNamedWithTheReason() {
    let silent = farewell { bench, _ in
      bench.network.change { control, now in
        control.server.withHub(control.context.endpoint, now: now) { $0.closeAll(reason: "an update") }
      }
      bench.advance(by: .seconds(3))
    }
    #expect(silent == Self.line("1006 no answer to Close"))
    #expect(farewell { _, client in client.send([0x83, 0x80, 0, 0, 0, 0]) } == Self.line("1002 reserved opcode"))
    #expect(farewell { _, client in client.breakOff() } == [], "it went by itself")
  }

  @Test func aPeersWordsCannotForgeALine() {
    let bench = Bench(logLevel: .debug)
    let client = bench.connect()
    _ = bench.takeLog()
    client.send(Wire.close(1000, "a\nWebSocket client #9\u{1B}[2J\u{9B}é"))
    #expect(bench.takeLog().last == "WebSocket client #1 closed with 1000 a\\u{a}WebSocket client #9\\u{1b}[2J\\u{9b}é")
  }

  @Test func aRefusalIsOneDebugLine() {
    let bench = Bench(logLevel: .debug)
    #expect(bench.ask("GET", "/nothing")?.status == 404)
    #expect(bench.takeLog() == ["192.168.1.100: 404 no such path"])
  }
}

// MARK: Names that were refused

extension SerialLogTests {
  private func ask(_ bench: Bench, host: String) {
    let client = BenchClient(bench.network)
    #expect(client.ask("GET", "/", ["Host: \(host)"])?.status == 403)
    client.breakOff()
  }

  @Test func aRefusedNameIsLoggedOnceAMinute() {
    let bench = Bench(logLevel: .info)
    let line = "192.168.1.100: 403 unknown Host kitchen.example"
    for _ in 0..<5 { ask(bench, host: "kitchen.example:8080") }
    ask(bench, host: "KITCHEN.Example")  // the same name: in DNS letter case does not count
    #expect(bench.takeLog() == [line])
    bench.advance(by: .seconds(59))
    ask(bench, host: "kitchen.example")
    #expect(bench.takeLog() == [])
    bench.advance(by: .seconds(2))
    ask(bench, host: "kitchen.example.")
    ask(bench, host: "other.example")
    #expect(bench.takeLog() == [line, "192.168.1.100: 403 unknown Host other.example"])
  }

  @Test func aRefusedOriginIsLoggedWithTheOneThatItShouldBe() {
    let bench = Bench(logLevel: .info)
    for path in ["/api/led", "/api/parts/led"] {
      let fields = ["Host: localhost:8080", "Origin: https://home.example"]
      #expect(BenchClient(bench.network).ask("PUT", path, fields, body: "{}")?.status == 403)
    }
    #expect(
      bench.takeLog() == ["192.168.1.100: 403 foreign Origin https://home.example, not http://localhost:8080"])
  }

  @Test func aFloodOfNamesIsSixteenLinesAMinuteAndACount() {
    let bench = Bench(logLevel: .info)
    for number in 0..<1000 { ask(bench, host: "\(number).example") }
    #expect(bench.takeLog().count == 16)
    bench.advance(by: .seconds(61))
    ask(bench, host: "new.example")
    #expect(
      bench.takeLog() == [
        "192.168.1.100: 403 unknown Host new.example (and 984 refusals of other names before)"
      ])
  }

  @Test func otherRefusalsAreForThoseWhoLookForThem() {
    let bench = Bench(logLevel: .info)
    #expect(BenchClient(bench.network).ask("GET", "/none")?.status == 404)
    #expect(bench.takeLog() == [])
    let serial = Bench()
    ask(serial, host: "kitchen.example")
    #expect(serial.takeLog() == [])
    let debug = Bench(logLevel: .debug)
    ask(debug, host: "kitchen.example")
    ask(debug, host: "kitchen.example")
    #expect(debug.takeLog().count == 2)  // each, when somebody looks into a problem
  }
}
