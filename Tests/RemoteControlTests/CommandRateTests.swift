// SPDX-License-Identifier: MIT

// Commands that come faster than any person gives them: what is done, what waits, what is answered, and that no button
// stays pressed. In virtual time, with 20 commands a second and 60 at once after a rest.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import MQTTCore
import Parts
import Testing
import Timebase

@testable import RemoteControl

@Suite struct CommandRateTests {
  /// The acknowledgments among frames: the number, and the error if there is one.
  private func acks(_ frames: [ReceivedFrame]) -> [(id: UInt64, error: String?)] {
    frames.compactMap { frame in
      guard let json = try? JSON(text(frame.payload)), json.string("type") == "ack", let id = json.number("id") else {
        return nil
      }
      return (id, json.string("error"))
    }
  }

  private func toggle(_ id: Int) -> String { #"{"type":"toggle","id":\#(id),"part":"led"}"# }

  @Test func peopleAreNotHeldUp() {
    let bench = Bench()
    let page = bench.connect()
    // Ten taps a second for a minute, and forty in one moment.
    for id in 1...600 {
      page.sendText(toggle(id))
      #expect(acks(page.frames()).map(\.id) == [UInt64(id)])
      bench.advance(by: 100)
    }
    bench.advance(by: .seconds(3))
    for id in 1...40 { page.sendText(toggle(id)) }
    #expect(acks(page.frames()).map(\.id) == (1...40).map { UInt64($0) })
  }

  @Test func pastTheRateTheLatestIsKeptAndDoneAndEachIsAnsweredOnce() {
    let bench = Bench()
    let page = bench.connect()
    var answers: [UInt64: [String?]] = [:]
    func collect() { for ack in acks(page.frames()) { answers[ack.id, default: []].append(ack.error) } }
    for id in 1...10_000 {
      page.sendText(#"{"type":"set","id":\#(id),"part":"led","on":\#(id % 2 == 1)}"#)
      if id % 100 == 0 { bench.advance(by: 1) }
      collect()
    }
    bench.advance(by: .seconds(1))
    collect()
    #expect(answers.count == 10_000)
    #expect(answers.values.allSatisfy { $0.count == 1 })
    let done = answers.values.filter { $0 == [nil] }.count
    #expect((60...63).contains(done), "\(done)")  // 60 at once, and one each 50 ms
    #expect(answers[10_000] == [nil])
    #expect(answers[4950] == ["too many commands: a later one has overtaken this"])
    #expect(bench.isLit == false)
  }

  @Test func aFloodOfTogglesChangesThePartNoOftenerThanTheRate() {
    let bench = Bench()
    let page = bench.connect()
    let before = bench.revision
    for _ in 0..<1000 {
      for _ in 0..<30 { page.sendText("toggle") }
      _ = page.frames()
      bench.advance(by: 1)
    }
    let changes = bench.revision - before
    #expect((70...82).contains(changes), "\(changes)")
  }

  @Test func twoTogglesThatWaitCancelAndBothAreAcknowledged() {
    let bench = Bench()
    let page = bench.connect()
    for id in 1...60 { page.sendText(toggle(id)) }
    _ = page.frames()
    let (isOn, revision) = (bench.isLit, bench.revision)
    page.sendText(toggle(61))
    #expect(acks(page.frames()).isEmpty)
    page.sendText(toggle(62))
    let both = acks(page.frames())
    #expect(both.map(\.id) == [61, 62] && both.allSatisfy { $0.error == nil })
    bench.advance(by: .seconds(1))
    #expect(bench.isLit == isOn && bench.revision == revision)
  }

  @Test func aToggleAfterASetThatWaitsTurnsItOver() {
    let bench = Bench()
    let page = bench.connect()
    for id in 1...60 { page.sendText(toggle(id)) }
    _ = page.frames()
    page.sendText(#"{"type":"set","id":61,"part":"led","on":false}"#)
    page.sendText(toggle(62))
    #expect(acks(page.frames()).map(\.id) == [61])
    bench.advance(by: 50)
    let last = acks(page.frames())
    #expect(last.map(\.id) == [62] && last.allSatisfy { $0.error == nil })
    #expect(bench.isLit)
  }

  @Test func aClientThatGoesTakesAlongWhatWaits() {
    let bench = Bench()
    let page = bench.connect()
    for id in 1...61 { page.sendText(toggle(id)) }
    let isOn = bench.isLit
    page.breakOff()
    let next = bench.connect(101)  // in the same place, from another address: with a bucket of its own
    next.sendText(toggle(1))
    #expect(acks(next.frames()).map(\.id) == [1])
    bench.advance(by: .seconds(1))
    #expect(bench.isLit == !isOn)
  }

  @Test func whoComesAnewGetsNoMoreForIt() {
    let bench = Bench()
    let before = bench.revision
    for _ in 0..<10 {
      let page = bench.connect()
      for _ in 0..<60 { page.sendText(#"{"type":"set","part":"led","on":\#(!bench.isLit)}"#) }
      page.breakOff()
    }
    #expect(bench.revision - before == 60)
    // Nor by going over to HTTP and back: an address has one measure.
    #expect(bench.ask("POST", "/api/parts/led/toggle")?.status == 429)
    bench.advance(by: 500)
    for _ in 0..<10 { #expect(bench.ask("POST", "/api/parts/led/toggle")?.status == 200) }
    bench.connect().sendText("toggle")
    #expect(bench.revision - before == 70)
  }

  // MARK: Over MQTT

  private func broker() throws -> BrokerWorld {
    var world = try BrokerWorld(.switch("led", output: 0), .number("level", minimum: .zero, maximum: Decimal(100)))
    try world.connect()
    return world
  }

  @Test func aFloodOverABrokerChangesThePartNoOftenerThanTheRateAndTheLatestIsDone() throws {
    var world = try broker()
    let before = world.device.revision
    for turn in 1...10_000 {
      try world.deliver("heliograph/lamp/led/set", turn % 2 == 1 ? "ON" : "OFF")
      if turn % 100 == 0 { world.now = world.now + 10 }
    }
    #expect((60...82).contains(world.device.revision - before), "\(world.device.revision - before)")
    try world.deliver("heliograph/lamp/led/set", "ON")
    try world.deliver("heliograph/lamp/level/set", "42")
    try world.wait(200)
    #expect(world.device.parts[0].isOn == true)
    #expect(world.takePublished("level/state").last == "42")
    #expect(world.surface.pace.counters.kept > 0 && world.surface.pace.counters.overtaken > 9_000)
  }

  @Test func whatWaitsOfABrokersCommandsGoesWithTheConnectionAndTheMeasureStays() throws {
    var world = try broker()
    for _ in 0..<60 { try world.deliver("heliograph/lamp/led/set", "TOGGLE") }
    try world.deliver("heliograph/lamp/level/set", "42")
    world.disconnect()
    try world.wait(1000)
    try world.connect()
    #expect(world.surface.pace.commands.kept.isEmpty)
    try world.wait(1000)
    #expect(world.takePublished("level/state").last != "42")
  }

  @Test func aDeviceKeepsToItsOwnRateOnABrokerAndDoesTheLatestByItself() {
    let bench = Bench(commandRate: CommandRate(perSecond: 1, burst: 1))
    func hear(_ packet: [UInt8]) {
      bench.network.change { control, now in _ = control.context.receiveFromBroker(packet.span, now: now) }
    }
    bench.network.change { control, now in
      let settings = MQTTClient.Settings(options: ConnectOptions(clientIdentifier: bytes("heliograph-lamp")))
      control.context.broker = BrokerLink(
        settings, BrokerOptions(identifier: bytes("lamp")), device: &control.context.device, seed: 5)
      _ = control.context.nextBrokerStep(now: now)
      control.context.broker?.place.surface.client.opened(now: now)
    }
    hear([0x20, 2, 0, 0])
    for payload in ["ON", "OFF", "ON", "OFF"] {
      let body = [0, 23] + bytes("heliograph/lamp/led/set") + bytes(payload)
      hear([0x30, UInt8(body.count)] + body)
    }
    #expect(bench.isLit, "the first was done at once")
    bench.advance(by: 900)
    #expect(bench.isLit)
    bench.advance(by: 200)
    #expect(!bench.isLit, "the last when it might be")
    let counters = bench.network.application.context.commandCounters
    #expect(counters.kept == 1 && counters.overtaken == 2)
  }

  @Test func oneClientsFloodHoldsNobodyElseUp() {
    let bench = Bench()
    let (flood, page) = (bench.connect(), bench.connect())
    for _ in 0..<1000 { flood.sendText("toggle") }
    page.sendText(#"{"type":"set","id":1,"part":"led","on":true}"#)
    #expect(acks(page.frames()).map(\.id) == [1])
  }

  @Test func aCommandThatThePartDoesNotKnowIsRefusedAtOnce() {
    let bench = Bench()
    let page = bench.connect()
    for id in 1...61 { page.sendText(toggle(id)) }
    _ = page.frames()
    page.sendText(#"{"type":"click","id":70,"part":"led"}"#)
    page.sendText(#"{"type":"toggle","id":71,"part":"lamp"}"#)
    let answers = acks(page.frames())
    #expect(answers.map(\.id) == [70, 71])
    #expect(answers.allSatisfy { $0.error != nil })
  }

  @Test func noButtonStaysPressedHoweverManyCommandsCome() {
    var device = Device.demo(name: "Kitchen")
    device.makeButtonsRemote()
    let bench = Bench(device)
    let page = bench.connect()
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for round in 0..<50 {
      for id in 0..<40 {
        let verb = ["press", "release", "click"].randomElement(using: &generator) ?? "press"
        page.sendText(#"{"type":"\#(verb)","id":\#(id),"part":"button"}"#)
      }
      page.sendText(#"{"type":"release","id":99,"part":"button"}"#)
      #expect(acks(page.frames()).contains { $0.id == 99 && $0.error == nil }, "seed \(generator.seed)")
      bench.advance(by: Milliseconds(UInt32.random(in: 0...300, using: &generator)))
      _ = page.frames()
      if round % 10 == 9 {  // what was kept has been done by now, and none of it was a press
        bench.advance(by: .seconds(2))
        #expect(!bench.isPressed, "seed \(generator.seed)")
      }
    }
  }

  // MARK: Over HTTP

  @Test func tooManyRequestsThatChangeSomethingAreAnswered429WithATime() {
    let bench = Bench()
    let script = BenchClient(bench.network)
    for _ in 0..<60 { #expect(script.ask("POST", "/api/parts/led/toggle")?.status == 200) }
    let refused = script.ask("POST", "/api/led/toggle")
    #expect(refused?.status == 429)
    #expect(refused?["retry-after"] == "1")
    #expect(refused?.text == #"{"error":"too many commands"}"#)
    #expect(script.ask("GET", "/api/state")?.status == 200)  // to look is free
    #expect(BenchClient(bench.network, from: .ipv4(1, port: 1)).ask("POST", "/api/led/toggle")?.status == 200)
    bench.advance(by: .seconds(1))
    for _ in 0..<20 { #expect(script.ask("POST", "/api/led/toggle")?.status == 200) }
    #expect(script.ask("POST", "/api/led/toggle")?.status == 429)
    #expect(bench.network.application.context.commandCounters.refused == 2)
  }

  @Test func addressesAreRememberedWithinABound() {
    var pacer = CommandPacer(CommandRate())
    for address in 0..<10_000 as Range<UInt32> {
      let wait = pacer.wait(of: .ipv4(address, port: 1), now: .zero)
      #expect(wait == nil)
    }
    // One that sends without end is not forgotten for those.
    var allowed = 0
    for turn in 0..<1000 as Range<UInt32> {
      if pacer.wait(of: .ipv4(1 << 30, port: 1), now: .zero) == nil { allowed += 1 }
      _ = pacer.wait(of: .ipv4(20_000 + turn, port: 1), now: .zero)
    }
    #expect(allowed == 60)
  }

  @Test(arguments: [0, 1, 3, 20, 999, 1000, 1001, .max] as [UInt32])
  func anyRateMayBeSet(_ rate: UInt32) {
    for burst in [nil, 0, 1, .max] as [UInt32?] {
      var bucket = CommandBucket()
      let rate = CommandRate(perSecond: rate, burst: burst)
      let now = MonotonicTime(milliseconds: 5)
      let isFirstTaken = bucket.take(rate, now: now)
      for _ in 0..<100 { _ = bucket.take(rate, now: now) }
      let isNextTaken = bucket.take(rate, now: max(now, bucket.next(rate)))
      #expect(isFirstTaken && isNextTaken)
    }
  }
}
