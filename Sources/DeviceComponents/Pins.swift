// SPDX-License-Identifier: MIT

// The line between components and boards: a pin is high or low, and that is all a component knows of it.
// Rule: a component owns its pin (pins are `~Copyable`), so no two components can drive the same one by
// mistake.

/// The voltage on a digital pin.
public enum Level: Sendable {
  case low, high

  /// The other level.
  public var inverted: Level {
    switch self {
    case .low: .high
    case .high: .low
    }
  }
}

/// A pin that the program drives.
///
/// A board conforms its own pin type; `write` is one store to a register or one system call, and does not
/// fail: a board reports broken hardware when it hands the pin out.
public protocol OutputPin: ~Copyable {
  /// Drives the pin to `level`, and holds it there until the next call.
  mutating func write(_ level: Level)
}

/// A pin that the program looks at.
public protocol InputPin: ~Copyable {
  /// The level of the pin at this moment, bounces included.
  mutating func read() -> Level
}
