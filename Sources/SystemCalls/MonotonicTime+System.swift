// SPDX-License-Identifier: MIT

// The clock that transports, boards and the kernel's own time stamps share. (SwiftNIO's deadlines count by the same.)

public import Timebase

extension MonotonicTime {
  /// The time of the system's monotonic clock: CLOCK_MONOTONIC on Linux.
  public static var systemNow: MonotonicTime {
    #if canImport(Darwin)
      let clock = CLOCK_UPTIME_RAW
    #else
      let clock = CLOCK_MONOTONIC
    #endif
    var time = timespec()
    clock_gettime(clock, &time)
    return MonotonicTime(milliseconds: UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000)
  }
}
