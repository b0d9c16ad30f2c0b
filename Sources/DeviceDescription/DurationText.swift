// SPDX-License-Identifier: MIT

// Lengths of time as people write them: 350 ms, 10 s, 1.5 min, 2 h, 1 d.

import Bytes
import Timebase

/// Reads and writes lengths of time.
enum DurationText {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]
  /// Other ways to write the units, which are refused with the right one.
  private static let otherUnits: [String: String] = [
    "m": "min", "mins": "min", "minute": "min", "minutes": "min", "sec": "s", "secs": "s", "second": "s",
    "seconds": "s", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "msec": "ms",
    "milliseconds": "ms", "millisecond": "ms",
  ]

  enum Failure: Error {
    case malformed
    case missingUnit
    case otherUnit(String)
    case fraction
  }

  /// The length in milliseconds.
  static func milliseconds(_ text: String) throws(Failure) -> Int64 {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    let number = Array(digits.utf8)
    guard let value = Decimal(number.span) else { throw .malformed }
    if unit.isEmpty {
      guard value == .zero else { throw .missingUnit }
      return 0
    }
    guard let factor = units.first(where: { $0.name == unit })?.milliseconds else {
      if let other = otherUnits[unit.lowercased()] { throw .otherUnit("\(digits) \(other)") }
      guard let known = Suggestion.nearest(to: String(unit), among: units.map(\.name)) else { throw .malformed }
      throw .otherUnit("\(digits) \(known)")
    }
    guard let product = value * Decimal(factor) else { throw .malformed }
    guard let milliseconds = product.integer else {
      if product.exponent < 0 { throw .fraction }
      return product.isNegative ? .min : .max
    }
    return milliseconds
  }

  /// `30 min`, in the largest unit that gives a whole number.
  static func text(_ milliseconds: Int64) -> String {
    guard milliseconds != 0 else { return "0 ms" }
    let unit = units.last { milliseconds % $0.milliseconds == 0 } ?? units[0]
    return "\(milliseconds / unit.milliseconds) \(unit.name)"
  }

  static func text(_ duration: Milliseconds) -> String { text(Int64(duration.count)) }
}
