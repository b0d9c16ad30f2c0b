// SPDX-License-Identifier: MIT

// The parts as the application runs them, a virtual millisecond at a time: what the tutorial's `loop` does, and where
// ours is better.

import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Testing
import Timebase

@Suite struct DeviceLoopTests {
  /// Loops every millisecond up to `end`, not included, as the tutorial's program does; the button is down during
  /// `presses`. Returns when the LED changed.
  private func run(until end: UInt64, pressedIn presses: [Range<UInt64>]) -> [UInt64] {
    let bench = Bench()
    for press in presses {
      bench.board.set(0, .active, at: MonotonicTime(milliseconds: press.lowerBound))
      bench.board.set(0, .inactive, at: MonotonicTime(milliseconds: press.upperBound))
    }
    var changes: [UInt64] = []
    var wasLit = false
    while bench.now.milliseconds < end {
      bench.network.settle()
      if bench.isLit != wasLit { changes.append(bench.now.milliseconds) }
      wasLit = bench.isLit
      bench.advance(by: 1)
    }
    return changes
  }

  @Test func theHeartbeatIsFiftyMillisecondsOfEachSecond() {
    let bench = Bench()
    for millisecond in 0..<3100 {
      #expect(bench.isStatusLit == (millisecond % 1000 < 50), "at \(millisecond) ms")
      bench.advance(by: 1)
    }
  }

  @Test func anIdleDeviceWakesForItsHeartbeatAlone() {
    let bench = Bench()
    var wakes: [UInt64] = []
    while let deadline = bench.network.nextDeadline, deadline.milliseconds <= 3000 {
      wakes.append(deadline.milliseconds)
      bench.network.advance(to: deadline)
    }
    #expect(wakes == [50, 1000, 1050, 2000, 2050, 3000])
  }

  @Test func aDeviceWithoutAStatusLedDoesNotWakeAtAll() {
    let bench = Bench(.kitchen())
    #expect(bench.network.nextDeadline == MonotonicTime(milliseconds: 1))  // its relays have been driven: they begin to rest
    bench.advance(by: 1)
    #expect(bench.network.nextDeadline == nil)
  }

  @Test func aPressCountsWhenItHasStoodForMoreThanTenMilliseconds() {
    #expect(run(until: 200, pressedIn: [20..<100]) == [31])
  }

  @Test func bouncesDoNotCount() {
    #expect(run(until: 200, pressedIn: [20..<30, 31..<40, 42..<43, 60..<70]) == [])
  }

  @Test func aLongPressTogglesOnce() {
    #expect(run(until: 70_100, pressedIn: [20..<70_020]) == [31])
  }

  /// The tutorial loses the second press: it goes down again on the very read after the release was noted.
  @Test func aPressRightAfterAReleaseIsNotLost() {
    #expect(run(until: 300, pressedIn: [20..<100, 112..<200]) == [31, 123])
  }

  @Test func aButtonHeldAtStartTogglesOnce() {
    #expect(run(until: 5000, pressedIn: [0..<4000]) == [11])
  }

  @Test func twoHundredPressesAreTwoHundredToggles() {
    let presses = stride(from: UInt64(10), to: 6010, by: 30).map { $0..<$0 + 15 }
    #expect(run(until: 6100, pressedIn: presses).count == 200)
  }

  @Test func everyChangeIsCountedOnce() {
    let bench = Bench()
    #expect(bench.revision == 1)
    #expect(!bench.isLit)
    bench.tap()
    #expect(bench.isLit)
    #expect(bench.revision == 5, "down, toggled, up, clicked")
    bench.tap()
    #expect(!bench.isLit)
    #expect(bench.revision == 9)
  }

  @Test func everyOutputIsDrivenFromTheStart() {
    let board = TestBoard()
    var control = RemoteControl(.demo(), board: board, identity: Identity(boot: 1, board: "test"))
    control.fail(bytes("no folder").span)
    _ = control.poll(now: .zero)
    #expect(board.levels == [0: 0, 1: .max])
  }

  @Test func whatIsMissingIsSaidOnceAndBlinked() {
    let bench = Bench(isSetUp: false)
    bench.network.change { control, _ in control.fail(bytes("Cannot open the data folder").span) }
    for millisecond in 0..<1000 {
      #expect(bench.isStatusLit == (millisecond % 200 < 50), "at \(millisecond) ms")
      bench.advance(by: 1)
    }
    #expect(bench.takeLog() == ["Cannot open the data folder"])
  }

  @Test func setupEndsTheFailure() {
    let bench = Bench(isSetUp: false)
    bench.network.change { control, _ in control.fail(bytes("Cannot open the data folder").span) }
    bench.advance(by: 1130)
    bench.network.change { control, now in control.setup(.sample, now: now) }
    bench.advance(by: 70)
    #expect(!bench.isStatusLit, "at 1200 ms the failure would blink, the heartbeat does not")
    bench.tap()
    #expect(bench.isLit)
  }
}
