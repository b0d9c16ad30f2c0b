// SPDX-License-Identifier: MIT

// What an output shows at the start, before anybody has said anything: the same four choices that home automation
// offers for a switch. Rule: only the host knows how to keep a state; the choice is made here, for every board alike.

/// What the LED shows after a start.
public enum RestoreMode: Sendable {
  /// Off, whatever it was before.
  case alwaysOff
  /// On, whatever it was before.
  case alwaysOn
  /// What it was before; off if nobody knows.
  case restoreDefaultOff
  /// What it was before; on if nobody knows.
  case restoreDefaultOn

  /// Whether the state before the start matters, so that it has to be saved.
  public var restores: Bool {
    switch self {
    case .alwaysOff, .alwaysOn: false
    case .restoreDefaultOff, .restoreDefaultOn: true
    }
  }

  /// Whether the LED is on after a start; `saved` is what it was before, nil if nobody knows.
  public func initialState(saved: Bool?) -> Bool {
    switch self {
    case .alwaysOff: false
    case .alwaysOn: true
    case .restoreDefaultOff: saved ?? false
    case .restoreDefaultOn: saved ?? true
    }
  }
}
