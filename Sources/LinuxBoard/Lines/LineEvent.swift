// SPDX-License-Identifier: MIT

// The edges that a request's descriptor reports: records of fixed size, in the machine's byte order.
// Source: Linux uAPI, linux/gpio.h, struct gpio_v2_line_event.

/// A change of level on a line.
struct LineEvent: Equatable, Sendable {
  /// When it happened, in nanoseconds of CLOCK_MONOTONIC, as the kernel's interrupt handler took it.
  var timestamp: UInt64
  /// Whether the line rose or fell.
  var isRising: Bool
  /// Which line it was.
  var offset: UInt32
  /// Counts the events of the line from 1: a gap means that the kernel had to drop some.
  var number: UInt32

  /// The length of a record, in bytes.
  static var size: Int { 48 }

  /// The record at the beginning of `bytes`; nil if they are too few, or of a kind that is not known.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= Self.size else { return nil }
    func word(at start: Int) -> UInt32 {
      var value: UInt32 = 0
      withUnsafeMutableBytes(of: &value) { raw in
        for index in 0..<4 { raw[index] = bytes[start + index] }  // below `size`
      }
      return value
    }
    func long(at start: Int) -> UInt64 {
      var value: UInt64 = 0
      withUnsafeMutableBytes(of: &value) { raw in
        for index in 0..<8 { raw[index] = bytes[start + index] }
      }
      return value
    }
    timestamp = long(at: 0)
    switch word(at: 8) {
    case 1: isRising = true
    case 2: isRising = false
    default: return nil
    }
    offset = word(at: 12)
    number = word(at: 20)
  }

  init(timestamp: UInt64, isRising: Bool, offset: UInt32, number: UInt32) {
    self.timestamp = timestamp
    self.isRising = isRising
    self.offset = offset
    self.number = number
  }
}
