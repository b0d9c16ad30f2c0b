// SPDX-License-Identifier: MIT

// The system's date, for applications that send it. The clock is read when something happens and its second is over, so
// at most once a second, and nothing is woken for it; a clock that is set is noticed within a second.

public import Timebase

/// The seconds of the system's clock, each returned once.
public struct WallClock {
  /// When the second that was returned last is over.
  private var nextSecond = MonotonicTime.zero
  /// The second that was returned last.
  private var last: Int64?

  public init() {}

  /// 2026 in seconds since 1970. A board whose clock nobody has set counts from about 1970: it has no date to tell, and
  /// a wrong one is worse than none (RFC 9110 section 6.6.1).
  private static var earliest: Int { 1_767_225_600 }

  /// Seconds since 1970, if they have changed.
  public mutating func newSecond(now: MonotonicTime) -> Int64? {
    guard now >= nextSecond else { return nil }
    var time = timespec()
    guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return nil }
    return second(of: time, now: now)
  }

  /// The seconds of `time`, which the clock shows at `now`; nil if it cannot be right.
  mutating func second(of time: timespec, now: MonotonicTime) -> Int64? {
    nextSecond = now + Milliseconds(1000 - UInt32(clamping: time.tv_nsec / 1_000_000))
    // Both clocks are cut to milliseconds, so its end may seem to be there a moment early.
    guard time.tv_sec >= Self.earliest, Int64(time.tv_sec) != last else { return nil }
    last = Int64(time.tv_sec)
    return last
  }
}
