// SPDX-License-Identifier: MIT

// Switches: commands, `off_after`, `min_dwell`, `interlock`, and what they show at the start and after a fault.

import Bytes
import Testing
import Timebase

@testable import Parts

@Suite struct SwitchTests {
  @Test func aCommandChangesTheOutputAtOnce() throws {
    var bench = Bench([.switch("lamp", output: 0)])
    try bench.perform(.toggle, "lamp", at: 10)
    try bench.perform(.set(PartValues(isOn: true)), "lamp", at: 20)
    try bench.perform(.set(PartValues(isOn: false)), "lamp", by: .client(3), at: 30)
    #expect(bench.told == [Told(output: 0, level: 65535, time: 10), Told(output: 0, level: 0, time: 30)])
    #expect(bench["lamp"].author == .client(3))
    #expect(bench.device.revision == 3)  // what changed nothing counts for nothing
  }

  @Test(arguments: [
    .dim, .gesture(.click), .press, .release, .set(PartValues(brightness: 1)), .set(PartValues(isOn: true, brightness: 1)),
    .set(PartValues(value: .zero)), .set(PartValues(color: Color(red: 1, green: 1, blue: 1))),
  ] as [Command])
  func whatASwitchDoesNotDoIsRefused(command: Command) {
    var bench = Bench([.switch("lamp", output: 0)])
    #expect(throws: CommandError.unsuitableCommand) { try bench.perform(command, "lamp", at: 1) }
    #expect(bench.device.revision == 1)
  }

  @Test func aCommandForNothingOrWithNothingIsRefused() {
    var bench = Bench([.switch("lamp", output: 0)])
    #expect(throws: CommandError.malformedValue) { try bench.perform(.set(PartValues()), "lamp", at: 1) }
    for index in [1, -1, Int.max, Int.min] {
      #expect(throws: CommandError.unknownPart) {
        try bench.device.perform(.toggle, on: index, by: .http, now: at(1))
      }
    }
  }

  // MARK: off_after

  @Test func itTurnsItselfOffAfterItsTimeHoweverItWasTurnedOn() throws {
    for author in [Author.http, .client(1), .mqtt, .button] {
      var bench = Bench([.switch("lamp", output: 0, offAfter: 500)])
      try bench.perform(.toggle, "lamp", by: author, at: 100)
      #expect(bench["lamp"].left(at: at(250)) == 350)
      bench.run(until: 599)
      #expect(bench.isOn("lamp") == true)
      bench.run(until: 600)
      #expect(bench.isOn("lamp") == false)
      #expect(bench["lamp"].author == .timer)
      #expect(bench["lamp"].left(at: at(600)) == nil)
    }
  }

  @Test func askedAgainItStaysOnForTheWholeTimeAndEveryoneHearsOfIt() throws {
    var bench = Bench([.switch("lamp", output: 0, offAfter: 500)])
    try bench.perform(.toggle, "lamp", at: 100)
    let revision = bench.device.revision
    try bench.perform(.set(PartValues(isOn: true)), "lamp", by: .client(2), at: 400)
    #expect(bench.device.revision == revision + 1)
    #expect(bench.json(since: revision) == ##"{"lamp":{"on":true,"left":500,"by":"#2"}}"##)
    bench.run(until: 899)
    #expect(bench.isOn("lamp") == true)
    bench.run(until: 900)
    #expect(bench.isOn("lamp") == false)
  }

  @Test func oneThatIsOnFromTheStartTurnsItselfOff() {
    var bench = Bench([.switch("lamp", output: 0, restore: .alwaysOn, offAfter: 500)], startedAt: 1000)
    bench.run(until: 1499)
    #expect(bench.isOn("lamp") == true)
    bench.run(until: 1500)
    #expect(bench.isOn("lamp") == false)
  }

  @Test func turnedOffBeforeItsTimeItStaysOff() throws {
    var bench = Bench([.switch("lamp", output: 0, offAfter: 500)])
    try bench.perform(.toggle, "lamp", at: 100)
    try bench.perform(.toggle, "lamp", at: 200)
    bench.run(until: 5000)
    #expect(bench.told.map(\.time) == [100, 200])
    #expect(bench.poll(5000) == nil)
  }

  // MARK: min_dwell

  // A rest begins with the poll after the drive, here a millisecond later, and is counted in whole milliseconds, so it
  // ends another one later.

  @Test func aRelayRestsAfterEachChangeAndTheLastCommandWins() throws {
    var bench = Bench([.switch("pump", output: 0, minDwell: 1000)])
    for time in [2000, 2100, 2200, 2300] as [UInt64] { try bench.perform(.toggle, "pump", at: time) }
    try bench.perform(.toggle, "pump", at: 2400)
    bench.run(until: 9000)
    #expect(bench.told == [Told(output: 0, level: 65535, time: 2000)])
    try bench.perform(.toggle, "pump", at: 9100)
    try bench.perform(.toggle, "pump", at: 9200)
    try bench.perform(.toggle, "pump", at: 9300)
    try bench.perform(.toggle, "pump", at: 9400)
    bench.run(until: 9999)
    #expect(bench.json().contains(#""on":false,"wanted":true"#))
    bench.run(until: 10_102)
    #expect(bench.told.suffix(2).map(\.description) == ["0:0@9100", "0:65535@10102"])
    #expect(bench.json() == #"{"pump":{"on":true,"by":"http"}}"#)
  }

  @Test func aRestBeginsWhenTheRelayHasMovedHoweverLongTheHostTookToMoveIt() throws {
    var bench = Bench([.switch("pump", output: 0, minDwell: 1000)], startedAt: 100)
    try bench.perform(.toggle, "pump", at: 2000)  // the call that moves the relay returns at 2700
    bench.poll(2700)
    try bench.device.perform(.toggle, on: 0, by: .http, now: at(2700))
    #expect(bench.poll(2700) == at(3701))
    bench.run(until: 3701)
    #expect(bench.told.map(\.description) == ["0:65535@2000", "0:0@3701"])
  }

  @Test func aRestDoesNotBeginBeforeTheBoardIsTold() throws {
    var bench = blind()
    try bench.perform(.toggle, "up", at: 20_000)
    bench.run(until: 20_500)
    try bench.device.perform(.toggle, on: 1, by: .http, now: at(21_000))
    #expect(bench.device.poll(now: at(22_000)) == nil)  // "up" is yet to be driven
    bench.now = 22_000
    bench.run(until: 30_000)
    #expect(bench.told.map(\.description) == ["0:65535@20000", "0:0@22000", "1:65535@22502"])
  }

  @Test func turnedThereAndBackBeforeTheBoardIsToldARelayStillRests() throws {
    var bench = blind()
    bench.run(until: 15_000)
    for isOn in [true, false] {
      try bench.device.perform(.set(PartValues(isOn: isOn)), on: 0, by: .http, now: at(20_000))
    }
    try bench.perform(.set(PartValues(isOn: true)), "down", at: 20_000)
    bench.run(until: 30_000)
    #expect(bench.told.map(\.description) == ["1:65535@20502"])
  }

  @Test func oneThatNeedsNoRestIsNotPolledForOne() throws {
    var bench = Bench([.switch("lamp", output: 0), .switch("pump", output: 1, minDwell: 100)])
    bench.run(until: 500)
    try bench.perform(.toggle, "lamp", at: 1000)
    #expect(bench.poll(1000) == nil)
    try bench.perform(.toggle, "pump", at: 1000)
    #expect(bench.poll(1000) == at(1001))
    #expect(bench.poll(1001) == nil)
  }

  @Test func aRestIsLongerThanATimeAfterWhichItTurnsItselfOff() throws {
    var bench = Bench([.switch("pump", output: 0, offAfter: 100, minDwell: 1000)], startedAt: 5000)
    try bench.perform(.toggle, "pump", at: 7000)
    bench.run(until: 7100)
    #expect(bench.json() == #"{"pump":{"on":true,"wanted":false,"by":"timer"}}"#)
    bench.run(until: 8002)
    #expect(bench.json() == #"{"pump":{"on":false,"by":"timer"}}"#)
  }

  @Test func aRelayWithARestTakesOneBeforeItIsOnAtTheStart() {
    var bench = Bench([.switch("pump", output: 0, restore: .alwaysOn, minDwell: 1000)], startedAt: 5000)
    #expect(bench.device.level(ofOutput: 0) == 0)
    bench.run(until: 9000)
    #expect(bench.told == [Told(output: 0, level: 65535, time: 6002)])
  }

  // MARK: interlock

  private func blind(minDwell: Milliseconds = 0, dwell: Milliseconds = 500) -> Bench {
    Bench(
      [
        .switch("up", output: 0, minDwell: minDwell, interlock: ["up", "down"], dwell: dwell),
        .switch("down", output: 1, dwell: dwell),
      ], startedAt: 10_000)
  }

  @Test func theOtherIsTurnedOffFirstAndRests() throws {
    var bench = blind()
    try bench.perform(.toggle, "up", at: 20_000)
    try bench.perform(.toggle, "down", at: 21_000)
    #expect(
      bench.json()
        == #"{"up":{"on":false,"by":"interlock"},"down":{"on":false,"wanted":true,"by":"http"}}"#)
    bench.run(until: 30_000)
    #expect(
      bench.told == [
        Told(output: 0, level: 65535, time: 20_000), Told(output: 0, level: 0, time: 21_000),
        Told(output: 1, level: 65535, time: 21_502),
      ])
  }

  @Test func theLongerOfTwoRestsHolds() throws {
    var bench = Bench([
      .switch("a", output: 0, interlock: ["b"], dwell: 100), .switch("b", output: 1, dwell: 300),
    ])
    try bench.perform(.toggle, "a", at: 1000)
    try bench.perform(.toggle, "b", at: 2000)
    bench.run(until: 2301)
    #expect(bench.isOn("b") == false)
    bench.run(until: 2302)
    #expect(bench.isOn("b") == true)
  }

  @Test func withoutARestTheOneStillGoesOffBeforeTheOtherGoesOn() throws {
    var bench = blind(dwell: 0)
    try bench.perform(.toggle, "down", at: 20_000)
    try bench.perform(.toggle, "up", at: 20_001)
    #expect(bench.told.suffix(2).map(\.description) == ["1:0@20001", "0:65535@20001"])
    try bench.perform(.toggle, "down", at: 20_002)
    #expect(bench.told.suffix(2).map(\.description) == ["0:0@20002", "1:65535@20002"])
  }

  @Test func aRivalThatRestsIsWaitedFor() throws {
    var bench = blind(minDwell: 2000)
    try bench.perform(.toggle, "up", at: 20_000)
    try bench.perform(.toggle, "down", at: 20_100)
    bench.run(until: 30_000)
    #expect(bench.told.map(\.description) == ["0:65535@20000", "0:0@22002", "1:65535@22504"])
  }

  @Test func theLastOfManyCommandsWins() throws {
    var bench = blind(minDwell: 2000)
    for (number, name) in ["up", "down", "up", "down", "up", "down", "down"].enumerated() {
      try bench.perform(.set(PartValues(isOn: true)), name, at: 20_000 + UInt64(number) * 10)
    }
    bench.run(until: 40_000)
    #expect(bench.isOn("up") == false)
    #expect(bench.isOn("down") == true)
  }

  @Test func ofTwoThatAreToBeOnAtTheStartTheFirstIs() {
    var bench = Bench([
      .switch("a", output: 0, restore: .alwaysOn, interlock: ["b"]),
      .switch("b", output: 1, restore: .alwaysOn),
    ])
    bench.run(until: 5000)
    #expect(bench.isOn("a") == true)
    #expect(bench.isOn("b") == false)
    #expect(bench.told == [Told(output: 0, level: 65535, time: 502)])
  }

  // MARK: the start

  @Test func anOutputThatWasOnAllAlongIsBelieved() throws {
    var device = try Device(parts: [
      .switch("led", output: 0), .switch("a", output: 1, interlock: ["b"]),
      .switch("b", output: 2), .light("l", output: 3),
    ])
    for output in [-1, 0, 1, 2, 3, 4, Int.max] { device.believe(true, ofOutput: output) }
    device.start(now: at(100))
    _ = device.poll(now: at(100))
    #expect(device.parts.map(\.isOn) == [true, true, false, false])  // of two of an interlock one is turned off
    var drives: [String] = []
    while let drive = device.nextDrive() { drives.append("\(drive.output):\(drive.level)") }
    #expect(drives == ["2:0", "3:0", "0:65535", "1:65535"])
  }

  @Test func whatWasSavedComesBack() throws {
    var first = Bench([
      .switch("a", output: 0, restore: .restoreDefaultOff), .switch("b", output: 1),
      .light("l", output: 2, channelCount: 3, restore: .restoreDefaultOff),
      .number("n", minimum: .zero, maximum: Decimal(text: "10"), restores: true),
    ])
    let color = Color(red: 1, green: 2, blue: 3)
    try first.perform(.toggle, "a", at: 1)
    try first.perform(.toggle, "b", at: 1)
    try first.perform(.set(PartValues(brightness: 9, color: color)), "l", at: 1)
    try first.perform(.set(PartValues(value: Decimal(text: "7"))), "n", at: 1)
    var second = try Device(parts: first.device.parts.map(\.asNew))
    for part in first.device.parts {
      if let saved = part.saved { second.restore(part.name.span, saved) }
    }
    second.restore(bytes("gone").span, PartValues(isOn: true))
    second.start(now: at(0))
    #expect(second.parts.map(\.isOn) == [true, false, true, nil])
    #expect(second.parts[2].asLight?.color == color)
    #expect(second.parts[2].asLight?.brightness == 9)
    #expect(second.parts[3].asNumber?.value == Decimal(text: "7"))
    #expect(second.level(ofOutput: 0) == .max)
  }

  @Test func aNumberThatIsNoLongerAllowedIsDropped() throws {
    var device = try Device(parts: [
      .number("n", minimum: .zero, maximum: Decimal(text: "10"), initial: Decimal(text: "5"), restores: true)
    ])
    device.restore(bytes("n").span, PartValues(value: Decimal(text: "11")))
    #expect(device.parts[0].asNumber?.value == Decimal(text: "5"))
  }
}

extension Part {
  /// A part described like this one, as it is before the start.
  fileprivate var asNew: Part {
    switch kind {
    case .switch(let part): .switch(Text(name), output: part.output, restore: part.restore)
    case .light(let part): .light(Text(name), output: part.output, channelCount: part.channelCount, restore: part.restore)
    case .number(let part): .number(Text(name), minimum: part.minimum, maximum: part.maximum, restores: part.restores)
    case .button(let part): .button(Text(name), input: part.input)
    case .contact(let part): .contact(Text(name), input: part.input)
    case .sensor(let part): .sensor(Text(name), input: part.input)
    }
  }
}
