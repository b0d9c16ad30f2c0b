// SPDX-License-Identifier: MIT

// The rhythms of the status LED: the tutorial's `millis() % 1000 < 50` and `millis() % 200 < 50`.
// A pattern is a pure function of time, so nothing has to be kept between loops and nothing can drift.

public import Timebase

/// A rhythm that lights an LED for the first part of each period.
public struct BlinkPattern: Equatable, Sendable {
  /// How long the LED is lit in each period; at most `period`.
  public let onTime: Milliseconds

  /// How long it takes until the pattern repeats; at least 1 ms.
  public let period: Milliseconds

  /// A pattern that is lit for `onTime` of each `period`, both brought within their limits.
  public init(onTime: Milliseconds, period: Milliseconds) {
    self.period = max(period, 1)
    self.onTime = min(onTime, self.period)
  }

  /// All is well: 50 ms of each second.
  public static let heartbeat = BlinkPattern(onTime: 50, period: 1000)

  /// Something is missing, such as the data folder: 50 ms of each 200 ms.
  public static let failure = BlinkPattern(onTime: 50, period: 200)

  /// Whether the LED is lit at `time`; a period begins at time zero.
  public func isOn(at time: MonotonicTime) -> Bool {
    phase(at: time) < onTime
  }

  /// The first moment after `time` at which the LED may change: the next end of `onTime` or of `period`.
  public func nextChange(after time: MonotonicTime) -> MonotonicTime {
    let phase = phase(at: time)
    let end = phase < onTime ? onTime : period  // above `phase`
    return time + Milliseconds(end.count - phase.count)
  }

  /// How far `time` is into its period.
  private func phase(at time: MonotonicTime) -> Milliseconds {
    Milliseconds(UInt32(time.milliseconds % UInt64(period.count)))  // below `period`, which fits and is not 0
  }
}
