// SPDX-License-Identifier: MIT

// The LED and the rhythms of the status LED (S5 to S7).

import DeviceComponents
import Testing
import Timebase

@Suite struct LedTests {
  @Test(arguments: [
    (Level.high, false, Level.low), (.high, true, .high), (.low, false, .high), (.low, true, .low),
  ])
  func theFirstUpdateWritesTheInitialState(activeLevel: Level, isOn: Bool, written: Level) {
    let recording = Recording()
    var led = Led(RecordingPin(recording: recording), activeLevel: activeLevel, isOn: isOn)
    #expect(recording.levels.isEmpty)
    led.update()
    #expect(recording.levels == [written])
  }

  @Test func anUnchangedLedIsNotWrittenAgain() {
    let recording = Recording()
    var led = Led(RecordingPin(recording: recording))
    for _ in 0..<3 { led.update() }
    led.isOn = true
    for _ in 0..<3 { led.update() }
    led.toggle()
    led.toggle()
    led.update()
    #expect(recording.levels == [.low, .high])
  }

  @Test func thePinFollowsOnlyAtTheUpdate() {
    let recording = Recording()
    var led = Led(RecordingPin(recording: recording))
    led.update()
    led.toggle()
    let isOn = led.isOn
    #expect(isOn)
    #expect(recording.levels == [.low])
    led.update()
    #expect(recording.levels == [.low, .high])
  }
}

@Suite struct BlinkPatternTests {
  @Test(arguments: [(BlinkPattern.heartbeat, 1000), (.failure, 200)] as [(BlinkPattern, UInt64)])
  func thePatternIsTheSeeds(pattern: BlinkPattern, period: UInt64) {
    for millis in 0..<3000 as Range<UInt64> {
      #expect(pattern.isOn(at: MonotonicTime(milliseconds: millis)) == (millis % period < 50))
    }
  }

  @Test(arguments: [
    BlinkPattern.heartbeat, .failure, BlinkPattern(onTime: 1, period: 2), BlinkPattern(onTime: 7, period: 10),
  ])
  func theNextChangeIsTheFirstOne(pattern: BlinkPattern) {
    for start in 0..<2500 as Range<UInt64> {
      let state = pattern.isOn(at: MonotonicTime(milliseconds: start))
      var time = start
      while pattern.isOn(at: MonotonicTime(milliseconds: time)) == state { time += 1 }
      #expect(pattern.nextChange(after: MonotonicTime(milliseconds: start)).milliseconds == time)
    }
  }

  @Test(arguments: [(0, 0), (5, 0), (9, 5), (0, 5), (.max, .max)] as [(UInt32, UInt32)])
  func anyLengthsMakeAPattern(onTime: UInt32, period: UInt32) {
    let pattern = BlinkPattern(onTime: Milliseconds(onTime), period: Milliseconds(period))
    #expect(pattern.onTime <= pattern.period)
    for time in [0, 1, 4, 5, UInt64(UInt32.max), .max - 1].map(MonotonicTime.init(milliseconds:)) {
      #expect(pattern.isOn(at: time) == (onTime > 0))  // always dark or always lit
      #expect(pattern.nextChange(after: time) > time)
    }
  }
}
