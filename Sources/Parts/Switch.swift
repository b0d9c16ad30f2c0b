// SPDX-License-Identifier: MIT

// A switch drives one output that is on or off: a relay, a socket, an LED. The requested state and the state of the
// output are apart, since a relay may have to rest: after its own last change (`min_dwell`), and after another switch
// of its interlock went off (`dwell`). Device+Switches decides when a switch may change.

import Bytes
public import Timebase

/// An output that is on or off.
public struct Switch: Equatable, Sendable {
  /// The number of its output, 0 to 4095.
  public let output: Int
  /// What it shows after a start.
  public let restore: RestoreMode
  // What a build leaves out takes no memory there, and no code that copies it.
  #if WITHOUT_TIMERS
    public var offAfter: Milliseconds? { nil }
    public var minDwell: Milliseconds { 0 }
  #else
    /// The time after which it turns itself off; nil for never.
    public let offAfter: Milliseconds?
    /// The minimum time between its changes; 0 for none.
    public let minDwell: Milliseconds
  #endif
  #if WITHOUT_INTERLOCKS
    public var dwell: Milliseconds { 0 }
  #else
    /// The minimum time for which the others of its interlock stay off after it went off.
    public let dwell: Milliseconds
  #endif
  /// Whether its output is on.
  public internal(set) var isOn = false
  /// The state that was requested last; while this differs from `isOn`, it rests.
  public internal(set) var isWantedOn: Bool

  #if WITHOUT_TIMERS && WITHOUT_INTERLOCKS
    var lastChange: MonotonicTime { get { .distantFuture } set {} }
  #else
    /// When its output had been driven for the last time; never while a drive may not have been made yet.
    var lastChange = MonotonicTime.distantFuture
  #endif
  /// When it turns itself off.
  #if WITHOUT_TIMERS
    var offTime: MonotonicTime { get { .distantFuture } set {} }
  #else
    var offTime = MonotonicTime.distantFuture
  #endif

  init(output: Int, restore: RestoreMode, offAfter: Milliseconds?, minDwell: Milliseconds, dwell: Milliseconds) {
    BuildFlags.require(BuildFlags.hasTimers, if: offAfter != nil || minDwell > 0)
    self.output = output
    self.restore = restore
    #if !WITHOUT_TIMERS
      self.offAfter = offAfter
      self.minDwell = minDwell
    #endif
    #if !WITHOUT_INTERLOCKS
      self.dwell = dwell
    #endif
    isWantedOn = restore.initialState(saved: nil)
  }

  /// The default for how long the others of an interlock rest after a switch went off: 500 ms.
  public static let defaultDwell: Milliseconds = 500

  /// Changes to the requested state.
  mutating func change(at now: MonotonicTime) {
    isOn = isWantedOn
    lastChange = .distantFuture
    beginCountdown(at: now)
  }

  /// From now on it counts how long it is on, if it turns itself off.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func beginCountdown(at now: MonotonicTime) {
    guard BuildFlags.hasTimers else { return }
    offTime = .distantFuture
    if isOn, let offAfter { offTime = now + offAfter }
  }

  func writeDescription(to json: inout JSONWriter) {
    if BuildFlags.hasTimers, let offAfter { json.member("off_after", offAfter.count) }
  }

  func writeValues(to json: inout JSONWriter) {
    json.member("on", isOn)
    if isWantedOn != isOn { json.member("wanted", isWantedOn) }
  }
}
