// SPDX-License-Identifier: MIT

// A moment by both clocks. Delays and caches go by the one that never jumps; what must outlive a restart, by the date,
// which a board without a battery does not know until it has asked the network.

public import Timebase

/// A point in time by the clock of the program and by the calendar.
public struct Moment: Equatable, Sendable {
  /// Since the program started.
  public var monotonic: MonotonicTime
  /// Seconds since 1970.
  public var unixSeconds: UInt64

  /// The same moment by both clocks.
  public init(_ monotonic: MonotonicTime, unixSeconds: UInt64) {
    self.monotonic = monotonic
    self.unixSeconds = unixSeconds
  }
}
