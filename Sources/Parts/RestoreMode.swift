// SPDX-License-Identifier: MIT

// What an output shows at the start: the same four choices that ESPHome offers for a switch. Where a state is kept is
// the host's business; the choice is made here, for every board alike.

/// What a switch or a light shows after a start.
public enum RestoreMode: CaseIterable, Sendable {
  /// Off, whatever its last state was.
  case alwaysOff
  /// On, whatever its last state was.
  case alwaysOn
  /// Its last state; off if that is unknown.
  case restoreDefaultOff
  /// Its last state; on if that is unknown.
  case restoreDefaultOn

  /// Whether the state before the start matters, so that it has to be saved.
  public var restores: Bool {
    switch self {
    case .alwaysOff, .alwaysOn: false
    case .restoreDefaultOff, .restoreDefaultOn: true
    }
  }

  /// Whether it is on after a start; `saved` is its last state, nil if that is unknown.
  public func initialState(saved: Bool?) -> Bool {
    switch self {
    case .alwaysOff: false
    case .alwaysOn: true
    case .restoreDefaultOff: saved ?? false
    case .restoreDefaultOn: saved ?? true
    }
  }
}
