// SPDX-License-Identifier: MIT

// When a button is pressed, one claim a test.

import Testing
import Timebase

@testable import Parts

@Suite struct DebounceTests {
  @Test func aPressCountsElevenMillisecondsAfterItsEdge() {
    let changes = ButtonBench.poll(Waveform([20, 100, 100]))
    #expect(changes == [Change(isPress: true, time: 31), Change(isPress: false, time: 131)])
  }

  @Test(arguments: [1, 2, 5, 9, 10] as [UInt64])
  func aBounceNeverChangesTheState(length: UInt64) {
    #expect(ButtonBench.poll(Waveform([50, length, 50])).isEmpty)
    #expect(ButtonBench.poll(Waveform([50, 100, length, 100])) == [Change(isPress: true, time: 61)])
  }

  @Test func everyEdgeStartsTheDebounceAgain() {
    #expect(ButtonBench.poll(Waveform([50, 8, 3, 10, 1, 5, 2, 100])) == [Change(isPress: true, time: 90)])
  }

  @Test(arguments: [0, 1, 5000] as [UInt64])
  func aButtonHeldAtStartIsPressedOnce(firstReading: UInt64) {
    let waveform = Waveform(from: firstReading, startsDown: true, [5000])
    #expect(ButtonBench.poll(waveform) == [Change(isPress: true, time: firstReading + 11)])
  }

  @Test func aButtonLeftAloneSaysNothing() {
    #expect(ButtonBench.poll(Waveform([5000])).isEmpty)
  }

  @Test func aHoldOfSeventySecondsIsOnePress() {
    let changes = ButtonBench.poll(Waveform([20, 70_000, 100]))  // the tutorial's counter wraps after 65 s
    #expect(changes == [Change(isPress: true, time: 31), Change(isPress: false, time: 70_031)])
  }

  @Test func aSecondPressRightAfterAReleaseIsNotLost() {
    // The release is found at 231, the next press has its edge at 232. The tutorial loses it.
    let waveform = Waveform([20, 200, 12, 200, 100])
    #expect(ButtonBench.poll(waveform).filter(\.isPress).map(\.time) == [31, 243])
    #expect(ButtonBench.tutorialPresses(waveform) == [31])
  }

  @Test func aBounceRightAfterAPressIsNotASecondPress() {
    // The press is found at 31 and the contact opens at 32 for 5 ms: the tutorial's `pressed()` stays true till 47.
    #expect(ButtonBench.poll(Waveform([20, 12, 5, 200])) == [Change(isPress: true, time: 31)])
  }

  @Test(arguments: [0xffff_fff0, 0x1_0000_0000, UInt64.max - 1000])
  func timeNeverWraps(start: UInt64) {
    let changes = ButtonBench.poll(Waveform(from: start, [20, 100, 100]))
    #expect(changes.map { $0.time - start } == [31, 131])
  }

  @Test(arguments: [(0, 21), (1, 22), (10, 31), (50, 71)] as [(UInt32, UInt64)])
  func theDebounceTimeCanBeChosen(debounce: UInt32, pressedAt: UInt64) {
    let changes = ButtonBench.poll(Waveform([20, 100]), debounce: Milliseconds(debounce))
    #expect(changes == [Change(isPress: true, time: pressedAt)])
  }

  @Test func theDeadlineIsThereOnlyWhileAChangeIsPending() {
    var device = ButtonBench.device(debounce: 10)
    _ = device.poll(now: at(0))
    func deadline(_ isDown: Bool, at time: UInt64) -> UInt64? {
      device.sense(0, isDown ? .active : .inactive, at: at(time))
      return device.poll(now: at(time))?.milliseconds
    }
    #expect(deadline(false, at: 0) == nil)
    #expect(deadline(true, at: 100) == 111)
    #expect(deadline(true, at: 105) == 111)
    _ = deadline(false, at: 106)  // a deadline may be a little early, and is right from then on
    #expect(device.poll(now: at(111)) == nil)
    #expect(deadline(true, at: 112) == 123)
    #expect(deadline(true, at: 123) == nil)
    #expect(device.parts[0].asButton?.isPressed == true)
    #expect(deadline(false, at: 300) == 311)
    #expect(deadline(false, at: 400) == nil)
    #expect(device.parts[0].asButton?.isPressed == false)
  }
}
