// SPDX-License-Identifier: MIT

// What an output shows at the start: the same four choices that ESPHome offers for a switch. Where a state is kept is
// the host's business; the choice is made here, for every board alike.

/// What a switch or a light shows after a start.
public enum RestoreMode: CaseIterable, Sendable {
  /// Off, whatever it was before.
  case alwaysOff
  /// On, whatever it was before.
  case alwaysOn
  /// What it was before; off if that is not known.
  case restoreDefaultOff
  /// What it was before; on if that is not known.
  case restoreDefaultOn

  /// Whether the state before the start matters, so that it has to be saved.
  public var restores: Bool {
    switch self {
    case .alwaysOff, .alwaysOn: false
    case .restoreDefaultOff, .restoreDefaultOn: true
    }
  }

  /// Whether it is on after a start; `saved` is what it was before, nil if that is not known.
  public func initialState(saved: Bool?) -> Bool {
    switch self {
    case .alwaysOff: false
    case .alwaysOn: true
    case .restoreDefaultOff: saved ?? false
    case .restoreDefaultOn: saved ?? true
    }
  }
}
