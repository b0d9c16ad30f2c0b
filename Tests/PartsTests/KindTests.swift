// SPDX-License-Identifier: MIT

// Contacts, sensors and numbers.

import Bytes
import Testing
import Timebase

@testable import Parts

private func decimal(_ text: String) -> Decimal { Decimal(text: text) }

@Suite struct ContactTests {
  private func changes(
    _ edges: [(UInt64, Bool)], on: Milliseconds, off: Milliseconds, isInverted: Bool = false
  ) -> [String] {
    var bench = Bench([.contact("d", input: 0, onAfter: on, offAfter: off, isInverted: isInverted)])
    var changes: [String] = []
    var last: Bool?
    for time in 0..<2000 as Range<UInt64> {
      for edge in edges where edge.0 == time { bench.device.sense(0, edge.1 ? .active : .inactive, at: at(time)) }
      bench.poll(time)
      if let isOn = bench.isOn("d"), isOn != last { changes.append("\(isOn ? "on" : "off") \(time)") }
      last = bench.isOn("d")
    }
    return changes
  }

  @Test func theFirstReadingCountsAtOnce() {
    #expect(changes([(100, true)], on: 500, off: 500) == ["on 100"])
    #expect(changes([(100, false)], on: 500, off: 500) == ["off 100"])
    #expect(changes([(100, false)], on: 500, off: 500, isInverted: true) == ["on 100"])
  }

  @Test func itIsOnAndOffAfterItsDelays() {
    #expect(
      changes([(0, false), (100, true), (600, false)], on: 300, off: 50) == ["off 0", "on 401", "off 651"])
  }

  @Test func aLevelThatIsShorterThanItsDelayIsPassedOver() {
    #expect(changes([(0, false), (100, true), (390, false), (400, true)], on: 300, off: 50) == ["off 0", "on 701"])
  }

  @Test func invertedItsDelaysAreThoseOfWhatItShows() {
    #expect(
      changes([(0, true), (100, false), (600, true)], on: 300, off: 50, isInverted: true)
        == ["off 0", "on 401", "off 651"])
  }

  @Test func noCommandIsForAContactOrASensor() {
    var bench = Bench([.contact("d", input: 0), .sensor("s", input: 1)])
    for name in ["d", "s"] {
      for command in [.toggle, .dim, .press, .set(PartValues(isOn: true)), .set(PartValues(value: 1))] as [Command] {
        #expect(throws: CommandError.unsuitableCommand) { try bench.perform(command, name, at: 1) }
      }
    }
  }
}

@Suite struct SensorTests {
  /// The values that are reported, and when, of readings at times.
  private func reports(_ part: Part, _ readings: [(UInt64, String)], until end: UInt64 = 100_000) -> [String] {
    var bench = Bench([part])
    var all: [String] = []
    var last: Decimal?
    func look() {
      let value = bench["s"].asSensor!.value
      guard value != last else { return }
      last = value
      var output: [UInt8] = []
      if let value { output.append(value) } else { output.append("null") }
      all.append("\(text(output))@\(bench.now)")
    }
    for reading in readings {
      while let deadline = bench.poll(bench.now), deadline.milliseconds <= reading.0 {
        bench.poll(deadline.milliseconds)
        look()
      }
      bench.device.sense(0, .value(decimal(reading.1)), at: at(reading.0))
      bench.poll(reading.0)
      look()
    }
    while let deadline = bench.poll(bench.now), deadline.milliseconds <= end {
      bench.poll(deadline.milliseconds)
      look()
    }
    return all
  }

  @Test func everyChangeIsReportedAtOnceUnlessSaidOtherwise() {
    #expect(reports(.sensor("s", input: 0), [(1, "5"), (2, "5"), (3, "5.1")]) == ["5@1", "5.1@3"])
  }

  @Test func aReadingIsScaledMovedAndRounded() {
    let part = Part.sensor(
      "s", input: 0, scale: decimal("0.001"), offset: decimal("-0.55"), decimals: 1)
    #expect(reports(part, [(1, "21437"), (2, "21449"), (3, "21450")]) == ["20.9@1"])
    #expect(reports(part, [(1, "21500"), (2, "-60")]) == ["21@1", "-0.6@2"])
  }

  @Test func aSmallChangeWaitsForTheOthersOrForItsTime() {
    let part = Part.sensor(
      "s", input: 0, report: Sensor.Report(change: decimal("0.5"), interval: .seconds(60)))
    #expect(
      reports(part, [(0, "20"), (1000, "20.4"), (2000, "20.5"), (3000, "20.7")])
        == ["20@0", "20.5@2000", "20.7@62000"])
    #expect(reports(part, [(0, "20"), (1000, "20.4"), (2000, "20")]) == ["20@0"])  // back again
    #expect(reports(part, [(0, "20"), (70_000, "20.4")]) == ["20@0", "20.4@70000"])
  }

  @Test func withoutATimeASmallChangeWaitsForEver() {
    let part = Part.sensor("s", input: 0, report: Sensor.Report(change: decimal("0.5")))
    #expect(reports(part, [(0, "20"), (1000, "20.4"), (2000, "19.6"), (3000, "19.5")]) == ["20@0", "19.5@3000"])
  }

  @Test func aValueThatDoesNotFitIsUnknown() {
    let part = Part.sensor("s", input: 0, scale: decimal("1e100"))
    #expect(reports(part, [(1, "5"), (2, "1e100"), (3, "6")]) == ["5e100@1", "null@2", "6e100@3"])
  }

  @Test func aLevelIsNoValueAndAValueNoLevel() {
    var bench = Bench([.sensor("s", input: 0), .contact("d", input: 1), .button("b", input: 2)])
    bench.device.sense(0, .active, at: at(1))
    bench.device.sense(1, .value(1), at: at(1))
    bench.device.sense(2, .value(1), at: at(1))
    bench.run(until: 100)
    #expect(bench.device.revision == 1)
  }
}

@Suite struct NumberTests {
  private func value(_ wish: String, _ minimum: String, _ maximum: String, step: String) -> String? {
    var bench = Bench([
      .number("n", minimum: decimal(minimum), maximum: decimal(maximum), step: decimal(step))
    ])
    do { try bench.perform(.set(PartValues(value: decimal(wish))), "n", at: 1) } catch { return nil }
    var output: [UInt8] = []
    output.append(bench["n"].asNumber!.value)
    return text(output)
  }

  @Test(arguments: [
    ("21.5", "21.5"), ("21.6", "21.5"), ("21.74", "21.5"), ("21.75", "22"), ("5", "5"), ("30", "30"), ("29.8", "30"),
  ])
  func aValueIsBroughtToTheNearestStep(wish: String, result: String) {
    #expect(value(wish, "5", "30", step: "0.5") == result)
  }

  @Test(arguments: ["4.9", "30.1", "-1e120", "1e120"]) func aValueOutOfTheBoundsIsRefused(wish: String) {
    #expect(value(wish, "5", "30", step: "0.5") == nil)
  }

  @Test func stepsAreCountedFromTheLeastValueAndEndBeforeTheGreatest() {
    #expect(value("1.2", "0.1", "2", step: "0.5") == "1.1")
    #expect(value("1", "0", "1", step: "0.6") == "0.6")
    #expect(value("0.9", "0", "1", step: "0.6") == "0.6")
    #expect(value("1", "0", "1", step: "5") == "0")
    #expect(value("-7", "-10", "-5", step: "3") == "-7")
  }

  @Test(arguments: [
    .toggle, .dim, .press, .gesture(.click), .set(PartValues(isOn: true)), .set(PartValues(isOn: true, value: 6)),
  ] as [Command])
  func whatANumberDoesNotDoIsRefused(command: Command) {
    var bench = Bench([.number("n", minimum: 5, maximum: 30)])
    #expect(throws: CommandError.unsuitableCommand) { try bench.perform(command, "n", at: 1) }
  }

  @Test func aChangeHasItsAuthorAndNoChangeHasNone() throws {
    var bench = Bench([.number("n", minimum: 5, maximum: 30, initial: 9)])
    try bench.perform(.set(PartValues(value: 9)), "n", at: 1)
    #expect(bench.device.revision == 1)
    try bench.perform(.set(PartValues(value: 10)), "n", by: .mqtt, at: 1)
    #expect(bench.json() == #"{"n":{"value":10,"by":"mqtt"}}"#)
  }
}
