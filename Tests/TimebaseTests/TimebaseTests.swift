// SPDX-License-Identifier: MIT

// Times and durations: order, sums that saturate, differences that never go below zero.

import Testing
import Timebase

@Suite struct MonotonicTimeTests {
  @Test func timesAreOrderedByTheirMilliseconds() {
    let times = [.distantFuture, MonotonicTime(milliseconds: 7), .zero, MonotonicTime(milliseconds: 1)]
    #expect(times.sorted().map(\.milliseconds) == [0, 1, 7, .max])
    #expect(MonotonicTime(milliseconds: 7) == MonotonicTime(milliseconds: 7))
  }

  @Test(arguments: [
    (0, 0, 0), (0, 5, 5), (5, .max, 5 + UInt64(UInt32.max)), (1 << 40, 1, 1 << 40 + 1),
    (.max - 5, 5, .max), (.max - 4, 5, .max), (.max, 0, .max), (.max, .max, .max),
  ] as [(UInt64, UInt32, UInt64)])
  func aSumSaturatesAtTheDistantFuture(_ start: UInt64, _ duration: UInt32, _ sum: UInt64) {
    #expect(MonotonicTime(milliseconds: start) + Milliseconds(duration) == MonotonicTime(milliseconds: sum))
  }

  @Test(arguments: [
    (0, 0, 0), (9, 4, 5), (4, 9, 0), (0, .max, 0), (UInt64(UInt32.max), 0, .max),
    (UInt64(UInt32.max) + 1, 0, .max), (1 << 50, 1 << 50 - 250, 250), (.max, 0, .max), (.max, .max, 0),
    (.max, .max - 1, 1),
  ] as [(UInt64, UInt64, UInt32)])
  func aDifferenceSaturatesAtZeroAndAtTheLongestDuration(
    _ later: UInt64, _ earlier: UInt64, _ difference: UInt32
  ) {
    let measured = MonotonicTime(milliseconds: later) - MonotonicTime(milliseconds: earlier)
    #expect(measured.count == difference)
  }

  @Test func whatWasAddedIsTheDifference() {
    for start in [0, 1, 49 * 86_400_000, 1 << 32, 1 << 48] as [UInt64] {
      for duration in [0, 1, 250, 86_400_000, .max] as [UInt32] {
        let time = MonotonicTime(milliseconds: start)
        #expect((time + Milliseconds(duration)) - time == Milliseconds(duration))
      }
    }
  }
}

@Suite struct MillisecondsTests {
  @Test(arguments: [
    (0, 0), (1, 1000), (15, 15_000), (4_294_967, 4_294_967_000), (4_294_968, .max), (.max, .max),
  ] as [(UInt32, UInt32)])
  func wholeSecondsSaturateAtTheLongestDuration(_ seconds: UInt32, _ milliseconds: UInt32) {
    #expect(Milliseconds.seconds(seconds).count == milliseconds)
  }

  @Test(arguments: [(0, 0), (1, 60_000), (71_582, 4_294_920_000), (71_583, .max), (.max, .max)] as [(UInt32, UInt32)])
  func wholeMinutesSaturateAtTheLongestDuration(_ minutes: UInt32, _ milliseconds: UInt32) {
    #expect(Milliseconds.minutes(minutes).count == milliseconds)
  }

  @Test func aLiteralIsMilliseconds() {
    let debounce: Milliseconds = 10
    #expect(debounce == Milliseconds(10))
  }

  @Test func durationsAreOrderedByTheirLength() {
    #expect(Milliseconds(999) < .seconds(1))
    #expect(!(Milliseconds.seconds(1) < Milliseconds(1000)))
    #expect(Set([Milliseconds(1000), .seconds(1), .seconds(2)]).count == 2)
  }
}
