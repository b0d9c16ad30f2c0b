// SPDX-License-Identifier: MIT

// From what the parts show to what the board drives, and in which order: what goes off goes first.

import Timebase

extension Device {
  /// Sets what an output is to show.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func show(_ level: UInt16, onOutput output: Int) {
    guard outputs.indices.contains(output), outputs.span[output].level != level else { return }
    outputs[output].level = level
    hasDrives = true
  }

  /// The next output that the board must drive; nil if all have their levels.
  ///
  /// Outputs that go off come first: no interlock is broken by the order of two calls. Poll again after the last: the
  /// rest of a switch begins with the first poll at a later time, when its relay has moved, however long that took.
  public mutating func nextDrive() -> Drive? {
    guard hasDrives else { return nil }
    guard let found = nextOutput else {
      hasDrives = false
      return nil
    }
    let level = outputs.span[found].level
    outputs[found].driven = level
    if BuildFlags.hasRests, let part = outputs.span[found].part, mustRest(part) {
      parts[part].asSwitch?.lastChange = .distantFuture
      driveTime = now
    }
    return Drive(output: found, level: level)
  }

  /// The first output that is to go off; if there is none, the first that shows something else than it is to show.
  private var nextOutput: Int? {
    let outputs = outputs.span  // an element of the array itself would be copied, with its fault
    var found: Int?
    for output in outputs.indices where outputs[output].driven != outputs[output].level {
      if outputs[output].level == 0 { return output }
      found = found ?? output
    }
    return found
  }
}
