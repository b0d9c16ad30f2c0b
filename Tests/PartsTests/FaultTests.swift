// SPDX-License-Identifier: MIT

// Inputs and outputs that fail, and work again.

import Bytes
import Testing
import Timebase

@testable import Parts

@Suite struct FaultTests {
  @Test func onlyThePartsOfAFaultAreOutOfOrder() throws {
    var bench = Bench([
      .switch("a", output: 0), .switch("b", output: 1), .button("c", input: 0),
      .contact("d", input: 1),
    ])
    bench.device.noteFault(bytes("chip gone"), ofOutput: 0)
    bench.device.noteFault(bytes("chip gone"), ofInput: 1)
    bench.poll(10)
    #expect(bench.device.hasFault)
    #expect(
      bench.json(since: 1)
        == #"{"a":{"on":false,"fault":"chip gone"},"d":{"on":false,"fault":"chip gone"}}"#)
    #expect(throws: CommandError.partFault) { try bench.perform(.toggle, "a", at: 20) }
    try bench.perform(.toggle, "b", at: 20)
    #expect(bench.isOn("b") == true)
    bench.device.noteFault([], ofOutput: 0)
    bench.device.noteFault([], ofInput: 1)
    #expect(!bench.device.hasFault)
    try bench.perform(.toggle, "a", at: 30)
    #expect(bench.isOn("a") == true)
  }

  @Test func theSameFaultTwiceIsNoChange() {
    var bench = Bench([.switch("a", output: 0), .sensor("s", input: 0)])
    for _ in 0..<2 {
      bench.device.noteFault(bytes("gone"), ofOutput: 0)
      bench.device.noteFault(bytes("gone"), ofInput: 0)
      #expect(bench.device.revision == 3)
    }
  }

  @Test func anOutputIsDrivenAnewWhenItWorksAgainAndNotBefore() throws {
    var bench = Bench([.switch("a", output: 0, restore: .alwaysOn)])
    bench.device.noteFault(bytes("gone"), ofOutput: 0)
    bench.run(until: 100)
    #expect(bench.told.isEmpty)
    bench.device.noteFault([], ofOutput: 0)
    bench.run(until: 200)
    #expect(bench.told.map(\.level) == [65535])
  }

  @Test func aLightWorksWhenAllOfItsChannelsDo() throws {
    var bench = Bench([.light("l", output: 0, channelCount: 3)])
    bench.device.noteFault(bytes("one"), ofOutput: 0)
    bench.device.noteFault(bytes("two"), ofOutput: 2)
    bench.device.noteFault([], ofOutput: 0)
    #expect(bench["l"].fault == bytes("two"))
    bench.device.noteFault([], ofOutput: 2)
    #expect(bench["l"].fault.isEmpty)
  }

  @Test func aRelayWithARestTakesItAfterAFaultAndIsThenAsItWas() throws {
    var bench = Bench([.switch("pump", output: 0, minDwell: 1000)])
    try bench.perform(.toggle, "pump", at: 2000)
    bench.run(until: 5000)
    bench.device.noteFault(bytes("gone"), ofOutput: 0)
    bench.run(until: 6000)
    bench.device.now = at(6000)
    bench.device.noteFault([], ofOutput: 0)
    bench.run(until: 9000)
    #expect(bench.told.map(\.description) == ["0:65535@2000", "0:0@6000", "0:65535@7002"])
  }

  @Test func whileARivalDoesNotAnswerTheOtherStaysOff() throws {
    var bench = Bench([
      .switch("up", output: 0, interlock: ["down"]), .switch("down", output: 1),
    ])
    try bench.perform(.toggle, "up", at: 1000)
    bench.device.noteFault(bytes("gone"), ofOutput: 0)
    try bench.perform(.toggle, "down", at: 2000)
    bench.run(until: 60_000)
    #expect(bench.isOn("down") == false)
    bench.device.now = at(60_000)
    bench.device.noteFault([], ofOutput: 0)
    bench.run(until: 60_501)
    #expect(bench.isOn("down") == false)
    bench.run(until: 60_502)
    #expect(bench.isOn("down") == true)
    #expect(bench.isOn("up") == false)
  }

  @Test func anActionForAPartWithAFaultDoesNothingAndTheOthersAreDone() {
    var bench = Bench([
      .switch("a", output: 0), .switch("b", output: 1),
      .button("c", input: 0, .on(.press, "toggle a", "toggle b")),
      .button("d", input: 1, .on(.press, "off all")),
    ])
    bench.device.noteFault(bytes("gone"), ofOutput: 0)
    bench.sense(0, true, 100)
    bench.run(until: 200)
    #expect(bench.isOn("a") == false)
    #expect(bench.isOn("b") == true)
    bench.sense(1, true, 300)
    bench.run(until: 400)
    #expect(bench.isOn("b") == false)
  }

  @Test func aContactAndASensorAreUnknownUntilTheyAreReadAgain() {
    var bench = Bench([.contact("d", input: 0), .sensor("s", input: 1)])
    bench.sense(0, true, 100)
    bench.device.sense(1, .value(Decimal(5)), at: at(100))
    bench.poll(100)
    bench.device.noteFault(bytes("gone"), ofInput: 0)
    bench.device.noteFault(bytes("gone"), ofInput: 1)
    #expect(bench.json() == #"{"d":{"on":false,"fault":"gone"},"s":{"value":null,"fault":"gone"}}"#)
    #expect(bench.isOn("d") == nil)
    bench.device.noteFault([], ofInput: 0)
    bench.device.noteFault([], ofInput: 1)
    bench.sense(0, true, 200)
    #expect(bench.json() == #"{"d":{"on":true},"s":{"value":null}}"#)
  }

  @Test func aReadingThatComesBeforeTheEndOfTheFaultIsKept() {
    var bench = Bench([.contact("d", input: 0)])
    bench.device.noteFault(bytes("gone"), ofInput: 0)
    bench.sense(0, true, 200)
    bench.device.noteFault([], ofInput: 0)
    #expect(bench.isOn("d") == true)
  }

  @Test func faultsOfWhatIsNotThereAreNoMatter() {
    var bench = Bench([.switch("a", output: 3)])
    for number in [-1, 0, 4, Int.max, Int.min] {
      bench.device.noteFault(bytes("gone"), ofInput: number)
      bench.device.noteFault(bytes("gone"), ofOutput: number)
    }
    #expect(!bench.device.hasFault)
  }
}
