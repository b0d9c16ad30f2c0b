// SPDX-License-Identifier: MIT

// A line on the serial port for when nothing else works any more: no heap, no string, a few bytes of stack.

import CBoard

/// Writes text and numbers straight to the serial port.
public enum SerialLine {
  /// Writes `text` as it is.
  public static func write(_ text: StaticString) {
    board_serial_write(text.utf8Start, text.utf8CodeUnitCount)
  }

  /// Writes `value` in decimal.
  public static func write(decimal value: UInt32) {
    if value >= 10 { write(decimal: value / 10) }
    write(digit: value % 10)
  }

  /// Writes `value` as `0x` and eight digits.
  public static func write(hexadecimal value: UInt32) {
    write("0x")
    for shift in stride(from: UInt32(28), through: 0, by: -4) { write(digit: value >> shift & 15) }
  }

  private static func write(digit: UInt32) {
    var character = UInt8(digit) + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    board_serial_write(&character, 1)
  }
}
