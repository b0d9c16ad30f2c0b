// SPDX-License-Identifier: MIT

// From what the parts show to what the board drives, and in which order: what goes off goes first.

import Timebase

extension Device {
  /// Sets what an output is to show.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func show(_ level: UInt16, onOutput output: Int) {
    guard outputs.indices.contains(output), outputs[output].level != level else { return }
    outputs[output].level = level
    hasDrives = true
  }

  /// The next output that the board must drive; nil if all have their levels.
  ///
  /// Outputs that go off come first: no interlock is broken by the order of two calls. Poll again after the last: the
  /// rest of a switch begins with the first poll at a later time, when its relay has moved, however long that took.
  public mutating func nextDrive() -> Drive? {
    guard hasDrives else { return nil }
    var found: Int?
    for output in outputs.indices where outputs[output].driven != outputs[output].level {
      if found == nil || outputs[output].level == 0 { found = output }
      if outputs[output].level == 0 { break }
    }
    guard let found else {
      hasDrives = false
      return nil
    }
    outputs[found].driven = outputs[found].level
    if let part = outputs[found].part, mustRest(part) {
      parts[part].asSwitch?.lastChange = .distantFuture
      driveTime = now
    }
    return Drive(output: found, level: outputs[found].level)
  }
}
