// SPDX-License-Identifier: MIT

// The rhythms of the status LED, and when a device shows which.

import Parts
import Testing
import Timebase

@Suite struct BlinkPatternTests {
  @Test(arguments: [(BlinkPattern.heartbeat, 1000), (.failure, 200)] as [(BlinkPattern, UInt64)])
  func thePatternIsTheTutorials(pattern: BlinkPattern, period: UInt64) {
    for millis in 0..<3000 as Range<UInt64> {
      #expect(pattern.isOn(at: at(millis)) == (millis % period < 50))
    }
  }

  @Test(arguments: [
    BlinkPattern.heartbeat, .failure, BlinkPattern(onTime: 1, period: 2), BlinkPattern(onTime: 7, period: 10),
  ])
  func theNextChangeIsTheFirstOne(pattern: BlinkPattern) {
    for start in 0..<2500 as Range<UInt64> {
      let state = pattern.isOn(at: at(start))
      var time = start
      while pattern.isOn(at: at(time)) == state { time += 1 }
      #expect(pattern.nextChange(after: at(start)).milliseconds == time)
    }
  }

  @Test(arguments: [(0, 0), (5, 0), (9, 5), (0, 5), (.max, .max)] as [(UInt32, UInt32)])
  func anyLengthsMakeAPattern(onTime: UInt32, period: UInt32) {
    let pattern = BlinkPattern(onTime: Milliseconds(onTime), period: Milliseconds(period))
    #expect(pattern.onTime <= pattern.period)
    for time in [0, 1, 4, 5, UInt64(UInt32.max), .max - 1].map(at) {
      #expect(pattern.isOn(at: time) == (onTime > 0))  // always dark or always lit
      #expect(pattern.nextChange(after: time) > time)
    }
  }
}

@Suite struct StatusOutputTests {
  /// When the output changes between two times.
  private func changes(_ bench: inout Bench, until time: UInt64) -> [String] {
    bench.told = []
    bench.run(until: time)
    return bench.told.filter { $0.output == 1 }.map { "\($0.level > 0 ? "on" : "off") \($0.time)" }
  }

  private var bench: Bench { Bench([.switch("led", output: 0)], statusOutput: 1) }

  @Test func itIsLitForFiftyMillisecondsOfEachSecond() {
    var bench = bench
    #expect(changes(&bench, until: 2049) == ["off 50", "on 1000", "off 1050", "on 2000"])
  }

  @Test func itBlinksForHelpWhileAPartHasAFault() {
    var bench = bench
    bench.run(until: 100)
    bench.device.noteFault(bytes("gone"), ofOutput: 0)
    #expect(changes(&bench, until: 449) == ["on 200", "off 250", "on 400"])
    bench.device.noteFault([], ofOutput: 0)
    #expect(changes(&bench, until: 1000) == ["off 449", "on 1000"])
  }

  @Test func itBlinksForHelpWhileThereIsNothingToServe() {
    var bench = bench
    bench.run(until: 100)
    bench.device.hasFailed = true
    #expect(changes(&bench, until: 449) == ["on 200", "off 250", "on 400"])
  }

  @Test func aDeviceWithoutOneHasNothingToDo() {
    var bench = Bench([.switch("led", output: 0)])
    #expect(bench.poll(100) == nil)
    #expect(bench.device.outputCount == 1)
  }

  @Test(arguments: [-1, 4096, .max, .min])
  func aNumberThatNoOutputHasShowsNothing(output: Int) {
    var bench = Bench([.switch("led", output: 0)], statusOutput: output)
    bench.run(until: 2000)
    #expect(bench.told.isEmpty)
  }
}
