// SPDX-License-Identifier: MIT

// When to write a state, so that none is lost for long and flash memory lives long: at most one write a second, one at
// a time, and none of what is on disk already.
// Rule: it writes nothing and reads no clock. The loop passes in the state and the time, hands each write to a thread
// that may wait for a disk, and reports how it ended.

public import Timebase

/// Decides when a state is written.
///
///     schedule.note(state)                              // after anything that may have changed it
///     let deadline = schedule.poll(now: now)            // then, and at the deadline
///     if let state = schedule.nextWrite() { … }         // start it elsewhere; at its end:
///     schedule.written(success: true)                   // and poll again
///
/// The first change after a quiet time is written at once, later ones when the pace allows: the last state is on disk
/// one pace and one write after the last change, or as soon as a slower disk can. What failed is tried again at
/// the same pace. At exit wait for the write in flight, then store `unsaved`.
public struct SaveSchedule: Sendable {
  /// The least time from the start of one write to the start of the next.
  public let pace: Milliseconds
  /// Whether a write has been started whose end is not known yet.
  public private(set) var isWriting = false

  /// What the state is; nil before the first note.
  private var current: SavedState?
  /// What the disk has; nil when that is unknown: no file, a write in flight, or one that failed on its way.
  private var onDisk: SavedState?
  /// What is being written, or was last.
  private var attempted: SavedState?
  /// When the next write may start.
  private var earliestStart = MonotonicTime.zero
  private var now = MonotonicTime.zero

  /// A schedule for a state that is on disk as `onDisk`, which is nil if there is no file: then the first state that is
  /// noted is written.
  public init(onDisk: SavedState?, pace: Milliseconds = .seconds(1)) {
    self.onDisk = onDisk
    self.pace = pace
  }

  /// The state that is not known to be on disk: at exit, it still has to be written.
  public var unsaved: SavedState? { current == onDisk ? nil : current }

  /// Takes the state as it is now, whether or not it has changed.
  public mutating func note(_ state: SavedState) { current = state }

  /// Says what time it is; returns when to poll again, nil if only a note or the end of a write can bring more to do.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    self.now = now
    return unsaved == nil || isWriting || now >= earliestStart ? nil : earliestStart
  }

  /// The state to write now, if it is time for one as of the last poll. The caller starts to write it.
  public mutating func nextWrite() -> SavedState? {
    guard let state = unsaved, !isWriting, now >= earliestStart else { return nil }
    isWriting = true
    attempted = state
    onDisk = nil
    earliestStart = now + pace
    return state
  }

  /// Reports how the write in flight ended; ignored without one.
  public mutating func written(success: Bool) {
    guard isWriting else { return }
    isWriting = false
    if success { onDisk = attempted }
  }
}
