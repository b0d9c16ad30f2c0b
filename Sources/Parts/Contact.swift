// SPDX-License-Identifier: MIT

// A contact is an input that is on or off: a door, a window, a motion detector. It may wait before it believes a new
// level.

import Bytes
public import Timebase

/// An input that is on or off.
public struct Contact: Equatable, Sendable {
  /// The number of its input, 0 to 4095.
  public let input: Int
  /// How long the input must have been active before the contact is on.
  public let onAfter: Milliseconds
  /// How long the input must have been at rest before the contact is off.
  public let offAfter: Milliseconds
  /// Whether it is on while its input is at rest.
  public let isInverted: Bool
  /// Whether it is on; nil until its input was read.
  public private(set) var isOn: Bool?

  private var debouncer = Debouncer()

  init(input: Int, onAfter: Milliseconds, offAfter: Milliseconds, isInverted: Bool) {
    self.input = input
    self.onAfter = onAfter
    self.offAfter = offAfter
    self.isInverted = isInverted
  }

  /// Takes a reading; the first one counts at once. Returns whether the contact has changed.
  mutating func sense(_ level: Bool, at time: MonotonicTime) -> Bool {
    debouncer.sense(level != isInverted, at: time)
    guard isOn == nil else { return false }
    believe()
    return true
  }

  /// When the contact will change, if nothing else happens.
  var deadline: MonotonicTime { debouncer.deadline(debouncer.level ? onAfter : offAfter) }

  /// Takes the level for the truth: it was the first, or has lasted long enough.
  mutating func believe() {
    debouncer.settle()
    isOn = debouncer.isActive
  }

  /// The input is out of order: its level is unknown.
  mutating func reset() {
    debouncer.reset()
    isOn = nil
  }

  func writeValues(to json: inout JSONWriter) { json.member("on", isOn ?? false) }
}
