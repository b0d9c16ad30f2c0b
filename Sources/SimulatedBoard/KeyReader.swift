// SPDX-License-Identifier: MIT

// Standard input that is a terminal without line editing: each key is a command.
// Rule: keys that send several bytes (arrows, function keys, Alt with a letter) begin with ESC and mean
// nothing here; they are passed over whole, for their last byte may be a letter of ours (F1 sends ESC O P).
// ECMA-48, 5.4.

/// Keys, and what they ask for.
struct KeyReader {
  private enum Position {
    case key
    case afterEscape
    /// Inside ESC [ …, which ends with a byte from @ to ~.
    case inControlSequence
    /// After ESC O, before the one byte that ends it.
    case inSingleShift
  }

  private var position = Position.key

  /// Takes a byte; returns the command of the key, if it is one of ours.
  mutating func take(_ byte: UInt8) -> BoardCommand? {
    if byte == 0x1b {
      position = .afterEscape
      return nil
    }
    switch position {
    case .key: return Self.command(for: byte)
    case .afterEscape where byte == UInt8(ascii: "["): position = .inControlSequence
    case .afterEscape where byte == UInt8(ascii: "O"): position = .inSingleShift
    case .inControlSequence where !(0x40...0x7e).contains(byte): break
    case .afterEscape, .inControlSequence, .inSingleShift: position = .key
    }
    return nil
  }

  private static func command(for key: UInt8) -> BoardCommand? {
    switch key {
    case UInt8(ascii: " "): .tap
    case UInt8(ascii: "p"), UInt8(ascii: "P"): .press
    case UInt8(ascii: "r"), UInt8(ascii: "R"): .release
    case UInt8(ascii: "q"), UInt8(ascii: "Q"): .quit
    default: nil
    }
  }
}
