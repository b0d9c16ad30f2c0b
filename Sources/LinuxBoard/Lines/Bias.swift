// SPDX-License-Identifier: MIT

// What an input shows while nothing drives it.

/// What pulls an input while nothing drives it.
public enum Bias: Equatable, Sendable {
  /// A resistor in the chip.
  case pullUp, pullDown
  /// Nothing in the chip: the resistor is on the board.
  case disabled
  /// Whatever it is now.
  case asIs

  var flags: LineFlags {
    switch self {
    case .pullUp: .pullUp
    case .pullDown: .pullDown
    case .disabled: .biasDisabled
    case .asIs: []
    }
  }
}
