// SPDX-License-Identifier: MIT

// Time as a value. Nothing below the Embedded line reads a clock: a transport passes the time in, and a test passes
// whatever time it likes. Sixty-four bits of milliseconds never wrap (the tutorial's 32-bit `millis()` does, after 49.7
// days), and all arithmetic saturates, so no sum of deadlines can trap.

/// A point in time, in milliseconds since the program (or the board) started.
///
/// Only differences and order mean anything; it never runs backwards.
public struct MonotonicTime: Comparable, Hashable, Sendable {
  /// Milliseconds since the start.
  public var milliseconds: UInt64

  /// The time `milliseconds` after the start.
  public init(milliseconds: UInt64) { self.milliseconds = milliseconds }

  /// The start itself.
  public static let zero = MonotonicTime(milliseconds: 0)

  /// The latest time there is; as a deadline it means "never".
  public static let distantFuture = MonotonicTime(milliseconds: .max)

  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The time `duration` later, at most `distantFuture`.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public static func + (time: MonotonicTime, duration: Milliseconds) -> MonotonicTime {
    let (sum, overflow) = time.milliseconds.addingReportingOverflow(UInt64(duration.count))
    return overflow ? .distantFuture : MonotonicTime(milliseconds: sum)
  }

  /// How long after `earlier` this time is: zero if it is not after it, at most 49.7 days.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public static func - (later: MonotonicTime, earlier: MonotonicTime) -> Milliseconds {
    guard later > earlier else { return 0 }
    return Milliseconds(UInt32(clamping: later.milliseconds &- earlier.milliseconds))  // later > earlier
  }
}
