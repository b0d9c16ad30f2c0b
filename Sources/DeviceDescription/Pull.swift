// SPDX-License-Identifier: MIT

// The resistor of an input's line, and which one a line has unless its description says so.

/// What pulls an input's line while nothing drives it.
public enum Pull: String, CaseIterable, Sendable {
  case up, down, none
  /// As the line was found.
  case asIs = "as-is"

  /// The resistor that the usual wiring needs: a button or a contact closes to ground, so the line is pulled up; a
  /// button whose active level is high closes to the supply, so its line is pulled down.
  public static func standard(for role: ChannelRole, isActiveLow: Bool) -> Pull {
    role == .button && !isActiveLow ? .down : .up  // the level of a contact only says what "on" means
  }
}
