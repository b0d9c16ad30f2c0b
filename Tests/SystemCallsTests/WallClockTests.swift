// SPDX-License-Identifier: MIT

// The system's clock is told once a second, and one that nobody has set not at all.

import Foundation
import Testing
import Timebase

@testable import SystemCalls

@Suite struct WallClockTests {
  /// What a clock shows, and whether that can be: the last second of 2025 and the first of 2026, for one.
  static let times: [(seconds: Int, isTold: Bool)] = [
    (-1, false), (0, false), (1_767_225_599, false), (1_767_225_600, true), (4_102_444_800, true),
  ]

  @Test(arguments: times)
  func aClockThatNobodyHasSetTellsNothing(_ seconds: Int, _ isTold: Bool) {
    var clock = WallClock()
    let time = timespec(tv_sec: seconds, tv_nsec: 999_999_999)
    #expect(clock.second(of: time, now: .zero) == (isTold ? Int64(seconds) : nil))
  }

  @Test func theLastMillisecondOfASecondIsNotAnother() {
    var clock = WallClock()
    let now = MonotonicTime(milliseconds: 5000)
    #expect(clock.second(of: timespec(tv_sec: 1_800_000_000, tv_nsec: 999_800_000), now: now) == 1_800_000_000)
    #expect(clock.second(of: timespec(tv_sec: 1_800_000_000, tv_nsec: 999_900_000), now: now + 1) == nil)
    #expect(clock.second(of: timespec(tv_sec: 1_800_000_001, tv_nsec: 0), now: now + 2) == 1_800_000_001)
  }

  @Test func aSecondIsToldOnce() throws {
    var clock = WallClock()
    let now = MonotonicTime(milliseconds: 5000)
    _ = clock.second(of: timespec(tv_sec: 1_800_000_000, tv_nsec: 250_000_000), now: now)
    #expect(clock.newSecond(now: now + 749) == nil)
    let later = clock.newSecond(now: now + 750)
    let second = try #require(later)
    #expect(abs(Date.now.timeIntervalSince1970 - Double(second)) < 60)
  }
}
