// SPDX-License-Identifier: MIT

// A number is a value that people set and a program uses: a set point, a limit. It drives nothing by itself.

public import Bytes

/// A value between two bounds, in steps.
public struct Number: Equatable, Sendable {
  /// The least value.
  public let minimum: Decimal
  /// The greatest value.
  public let maximum: Decimal
  /// The distance between two values, above zero.
  public let step: Decimal
  /// Its first value, if it does not restore one: one of those that it may have.
  public let initial: Decimal
  /// Whether it keeps its value across restarts.
  public let restores: Bool
  /// Its value: between the bounds, and a whole number of steps above the least.
  public internal(set) var value: Decimal

  init(minimum: Decimal, maximum: Decimal, step: Decimal, initial: Decimal, restores: Bool) {
    self.minimum = minimum
    self.maximum = maximum
    self.step = step
    self.initial = initial
    self.restores = restores
    value = initial
  }

  /// Takes a value, rounded to the nearest step; returns whether it has changed.
  ///
  /// - Throws: `CommandError.malformedValue` for one that is not between the bounds.
  mutating func set(_ settings: PartValues) throws(CommandError) -> Bool {
    guard let wish = settings.value, wish >= minimum, wish <= maximum,
      let nearest = wish.rounded(toMultipleOf: step, from: minimum),
      let new = nearest <= maximum ? nearest : nearest - step  // the greatest value need not be a multiple
    else { throw .malformedValue }
    let before = value
    value = max(new, minimum)
    return value != before
  }

  func writeDescription(to json: inout JSONWriter) {
    json.member("min", minimum)
    json.member("max", maximum)
    json.member("step", step)
  }

  func writeValues(to json: inout JSONWriter) { json.member("value", value) }
}
