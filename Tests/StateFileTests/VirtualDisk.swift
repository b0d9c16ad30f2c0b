// SPDX-License-Identifier: MIT

// An event loop, a clock and a slow disk around a schedule, all in virtual time.

import StateFile
import Timebase

/// What happens to the state, and how the disk behaves.
struct DiskScript {
  /// The state is this from that millisecond on; in the order of time.
  var changes: [(time: UInt64, isOn: Bool)]
  /// What the disk has at the start.
  var onDisk: Bool?
  /// How long the n-th write takes, in milliseconds; the last goes for all that follow.
  var durations: [UInt64] = [0]
  /// Writes that end in this time fail.
  var failures: Range<UInt64> = 0..<0
  /// Times at which the loop wakes up for other reasons.
  var otherWakes: [UInt64] = []
  /// When to stop.
  var end: UInt64 = 100_000
}

/// What a schedule did.
struct DiskHistory {
  struct Write: Equatable {
    var start: UInt64
    var end: UInt64
    var isOn: Bool
    var isSuccess = true
  }

  /// Writes that ended, in order.
  var writes: [Write] = []
  /// What the schedule says at the end.
  var unsaved: SavedState?

  /// Runs a schedule through `script`: the loop wakes up for a change, the end of a write, a deadline, or other
  /// reasons.
  init(_ script: DiskScript) {
    var schedule = SaveSchedule(onDisk: script.onDisk.map(SavedState.init))
    var changes = script.changes[...]
    var otherWakes = script.otherWakes.sorted()[...]
    var deadline: UInt64?
    var inFlight: Write?
    while let now = [changes.first?.time, otherWakes.first, deadline, inFlight?.end].compactMap(\.self).min(),
      now <= script.end
    {
      while let change = changes.first, change.time == now {
        schedule.note(SavedState(isLedOn: change.isOn))
        changes.removeFirst()
      }
      while otherWakes.first == now { otherWakes.removeFirst() }
      if let write = inFlight, write.end == now {
        schedule.written(success: write.isSuccess)
        writes.append(write)
        inFlight = nil
      }
      deadline = schedule.poll(now: MonotonicTime(milliseconds: now))?.milliseconds
      if let state = schedule.nextWrite() {
        precondition(inFlight == nil, "two writes at a time")
        let end = now + script.durations[min(writes.count, script.durations.count - 1)]
        inFlight = Write(start: now, end: end, isOn: state.isLedOn, isSuccess: !script.failures.contains(end))
      }
    }
    unsaved = schedule.unsaved
  }
}
