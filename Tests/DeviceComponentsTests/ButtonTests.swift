// SPDX-License-Identifier: MIT

// The button's rules, one claim a test, as the checklist of the seed's behaviors states them (S8 to S16).

import DeviceComponents
import Testing
import Timebase

@Suite struct ButtonTests {
  @Test func aPressCountsElevenMillisecondsAfterItsEdge() {
    let bench = Bench.poll(Waveform([20, 100, 100]))  // S8: a press at 20 counts at 31
    #expect(bench == [Change(isPress: true, time: 31), Change(isPress: false, time: 131)])
  }

  @Test(arguments: [1, 2, 5, 9, 10, 11] as [UInt64])
  func aBounceNeverChangesTheState(length: UInt64) {
    #expect(Bench.poll(Waveform([50, length, 50])).isEmpty)  // S13
    #expect(Bench.poll(Waveform([50, 100, length, 100])) == [Change(isPress: true, time: 61)])
  }

  @Test func everyEdgeStartsTheDebounceAgain() {
    #expect(Bench.poll(Waveform([50, 8, 3, 10, 1, 5, 2, 100])) == [Change(isPress: true, time: 90)])
  }

  @Test(arguments: [0, 1, 5000] as [UInt64])
  func aButtonHeldAtStartIsPressedOnce(firstRead: UInt64) {
    let waveform = Waveform(from: firstRead, startsDown: true, [5000])
    #expect(Bench.poll(waveform) == [Change(isPress: true, time: firstRead + 11)])  // S16
  }

  @Test func aButtonLeftAloneSaysNothing() {
    #expect(Bench.poll(Waveform([5000])).isEmpty)
  }

  @Test func aHoldOfSeventySecondsIsOnePress() {
    let changes = Bench.poll(Waveform([20, 70_000, 100]))  // S12; the seed's counter wraps after 65 s (S9)
    #expect(changes == [Change(isPress: true, time: 31), Change(isPress: false, time: 70_031)])
  }

  @Test func aSecondPressRightAfterAReleaseIsNotLost() {
    // S15: the release is found at 231, the next press has its edge at 232. The seed loses it.
    let waveform = Waveform([20, 200, 12, 200, 100])
    #expect(Bench.poll(waveform).filter(\.isPress).map(\.time) == [31, 243])
    #expect(Bench.seedPresses(waveform) == [31])
  }

  @Test func aBounceRightAfterAPressIsNotASecondPress() {
    // The press is found at 31 and the contact opens at 32 for 5 ms: the seed's `pressed()` stays true till
    // 47.
    #expect(Bench.poll(Waveform([20, 12, 5, 200])) == [Change(isPress: true, time: 31)])
  }

  @Test(arguments: [0xffff_fff0, 0x1_0000_0000, UInt64.max - 1000])
  func timeNeverWraps(start: UInt64) {
    let changes = Bench.poll(Waveform(from: start, [20, 100, 100]))  // S14
    #expect(changes.map { $0.time - start } == [31, 131])
  }

  @Test(arguments: [Level.low, .high])
  func bothPolaritiesGiveTheSamePresses(activeLevel: Level) {
    let changes = Bench.poll(Waveform([20, 30, 100]), activeLevel: activeLevel)
    #expect(changes == [Change(isPress: true, time: 31), Change(isPress: false, time: 61)])
  }

  @Test(arguments: [(0, 21), (1, 22), (10, 31), (50, 71)] as [(UInt32, UInt64)])
  func theDebounceTimeCanBeChosen(debounce: UInt32, pressedAt: UInt64) {
    let changes = Bench.poll(Waveform([20, 100]), debounce: Milliseconds(debounce))
    #expect(changes == [Change(isPress: true, time: pressedAt)])
  }

  @Test func heldIsTrueFromTheReadAfterThePressUntilTheRelease() {
    let wire = Wire(.high)
    var button = Button(WirePin(wire: wire))
    var oracle = SeedButton()
    for time in 0..<1000 as Range<UInt64> {
      let isDown = (20..<800).contains(time)
      wire.level = isDown ? .low : .high
      button.read(now: MonotonicTime(milliseconds: time))
      oracle.read(isHigh: !isDown, millis: UInt32(time))
      let (held, heldLong) = (button.held(), button.held(for: 500))
      #expect(held == oracle.held(), "at \(time)")
      if !(800..<811).contains(time) {  // the seed stops counting while the release bounces; time does not
        #expect(heldLong == oracle.held(500), "at \(time)")
      }
    }
  }

  @Test func heldCountsTimeAndNotReads() {
    let wire = Wire(.low)
    var button = Button(WirePin(wire: wire))
    var isHeld: [UInt64: Bool] = [:]
    for time in [0, 11, 2011, 2012] as [UInt64] {
      button.read(now: MonotonicTime(milliseconds: time))
      isHeld[time] = button.held(for: .seconds(2))
    }
    #expect(isHeld == [0: false, 11: false, 2011: false, 2012: true])
  }

  @Test func theDeadlineIsThereOnlyWhileAChangeIsPending() {
    let wire = Wire(.high)
    var button = Button(WirePin(wire: wire))
    func deadline(_ level: Level, at time: UInt64) -> UInt64? {
      wire.level = level
      button.read(now: MonotonicTime(milliseconds: time))
      return button.nextDeadline?.milliseconds
    }
    #expect(deadline(.high, at: 0) == nil)
    #expect(deadline(.low, at: 100) == 111)
    #expect(deadline(.low, at: 105) == 111)
    #expect(deadline(.high, at: 106) == nil)
    #expect(deadline(.low, at: 107) == 118)
    #expect(deadline(.low, at: 118) == nil)
    let pressed = button.pressed
    #expect(pressed)
    #expect(deadline(.high, at: 300) == 311)
    #expect(deadline(.high, at: 400) == nil)
    let released = button.released
    #expect(released)
  }
}
