// SPDX-License-Identifier: MIT

// A decimal number as sensors, set points and JSON have it: an integer and a power of ten. 21.5 is 215 × 10⁻¹,
// exactly, and a microcontroller needs no floating point for it.
//
// The rule: a value has one representation (no trailing zeros), at most 18 digits, and nothing traps: a result that
// does not fit is rounded or nil, as each function says. The arithmetic is in DecimalDigits, which is this file's
// lower half in a file of its own.

/// A decimal number of at most 18 significant digits, exactly.
///
/// Equal values are equal: 1.50 is 1.5, and both are `significand` 15, `exponent` −1.
public struct Decimal: Comparable, Hashable, Sendable {
  /// The digits, with the sign: −999,999,999,999,999,999 … 999,999,999,999,999,999, without trailing zeros but at the
  /// exponent 127.
  public let significand: Int64
  /// The power of ten that `significand` is multiplied by, −128 to 127; 0 for zero.
  public let exponent: Int8

  /// How many significant digits a number has at most.
  public static let maximumDigits = 18

  /// Nothing.
  public static let zero = Decimal(isNegative: false, magnitude: 0, exponent: 0)

  /// The number `significand` × 10^`exponent`.
  ///
  /// A significand of 19 digits is rounded to 18, half away from zero. At an exponent of 127 there is no room for
  /// that, and the largest number of that sign results.
  public init(_ significand: Int64, exponent: Int8 = 0) {
    let digits = DecimalDigits(significand.magnitude)
    let isNegative = significand < 0
    self = digits.decimal(isNegative: isNegative, exponent: Int(exponent))
      ?? Decimal(isNegative: isNegative, magnitude: DecimalDigits.powerOfTen(18) - 1, exponent: .max)
  }

  /// Parts that are known to be in normal form, `magnitude` below 10^18.
  init(isNegative: Bool, magnitude: UInt64, exponent: Int8) {
    let significand = Int64(truncatingIfNeeded: magnitude)
    self.significand = isNegative ? 0 &- significand : significand
    self.exponent = exponent
  }

  /// The absolute value.
  public var magnitude: Decimal { Decimal(isNegative: false, magnitude: significand.magnitude, exponent: exponent) }

  /// Whether this is less than zero.
  public var isNegative: Bool { significand < 0 }

  /// The integer that this is, or nil: it has decimals, or more than 64 bits.
  public var integer: Int64? {
    guard exponent >= 0 else { return nil }
    var value = significand
    for _ in 0..<exponent {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return value
  }

  // MARK: order

  public static func < (left: Decimal, right: Decimal) -> Bool {
    guard left.significand.signum() == right.significand.signum() else { return left.significand < right.significand }
    return left.isNegative ? right.isSmallerInMagnitude(than: left) : left.isSmallerInMagnitude(than: right)
  }

  private func isSmallerInMagnitude(than other: Decimal) -> Bool {
    guard significand != 0, other.significand != 0 else { return significand == 0 && other.significand != 0 }
    let digits = DecimalDigits.count(significand.magnitude)
    let otherDigits = DecimalDigits.count(other.significand.magnitude)
    let (scale, otherScale) = (digits + Int(exponent), otherDigits + Int(other.exponent))
    guard scale == otherScale else { return scale < otherScale }
    // The same number of digits before the point: written with equally many digits, at most 18, they compare as
    // integers.
    let width = max(digits, otherDigits)
    return significand.magnitude &* DecimalDigits.powerOfTen(width - digits)
      < other.significand.magnitude &* DecimalDigits.powerOfTen(width - otherDigits)
  }

  // MARK: arithmetic

  /// The sum, rounded to 18 significant digits, half away from zero; nil if it is too large.
  public static func + (left: Decimal, right: Decimal) -> Decimal? {
    guard left.significand != 0 else { return right }
    guard right.significand != 0 else { return left }
    let (high, low) = left.exponent >= right.exponent ? (left, right) : (right, left)
    var sum = DecimalDigits(high.significand.magnitude)
    var other = DecimalDigits(low.significand.magnitude)
    let distance = Int(high.exponent) - Int(low.exponent)
    let shift = min(distance, DecimalDigits.capacity - 1 - sum.count)
    sum.shiftLeft(shift)
    // Digits of `low` below the lowest of `sum` can decide only whether a difference is just under a half.
    let isCut = other.shiftRight(distance - shift) != .none
    let exponent = Int(high.exponent) - shift
    if left.isNegative == right.isNegative {
      sum.add(other)
      return sum.decimal(isNegative: left.isNegative, exponent: exponent)
    }
    if isCut { other.add(DecimalDigits(1)) }
    if other.isGreater(than: sum) {
      other.subtract(sum)
      return other.decimal(isNegative: low.isNegative, exponent: exponent)
    }
    sum.subtract(other)
    return sum.decimal(isNegative: high.isNegative, exponent: exponent)
  }

  /// The difference, rounded to 18 significant digits, half away from zero; nil if it is too large.
  public static func - (left: Decimal, right: Decimal) -> Decimal? { left + -right }

  /// The product, rounded to 18 significant digits (and to 128 decimals), half away from zero; nil if it is too large.
  public static func * (left: Decimal, right: Decimal) -> Decimal? {
    DecimalDigits(product: left.significand.magnitude, right.significand.magnitude)
      .decimal(isNegative: left.isNegative != right.isNegative, exponent: Int(left.exponent) + Int(right.exponent))
  }

  /// The number with the other sign.
  public static prefix func - (number: Decimal) -> Decimal {
    Decimal(isNegative: !number.isNegative, magnitude: number.significand.magnitude, exponent: number.exponent)
  }

  // MARK: rounding

  /// The nearest number with at most `decimals` digits after the point, half away from zero.
  public func rounded(toDecimals decimals: UInt8) -> Decimal {
    let surplus = 0 - Int(exponent) - Int(decimals)
    guard surplus > 0 else { return self }
    var digits = DecimalDigits(significand.magnitude)
    digits.shiftRightRounding(surplus)
    // Not nil: it has become no larger than 10^18 at an exponent of at most 0.
    return digits.decimal(isNegative: isNegative, exponent: Int(exponent) + surplus) ?? self
  }

  /// The nearest of the numbers `origin`, `origin` ± `step`, `origin` ± 2 × `step` and so on.
  ///
  /// Half-way between two it is the one farther from `origin`.
  /// It is nil if `step`, whose sign does not matter, is zero, if 10^18 steps or more are between, or if the distance
  /// or the result is too large for this type.
  public func rounded(toMultipleOf step: Decimal, from origin: Decimal) -> Decimal? {
    guard step.significand != 0, let distance = self - origin else { return nil }
    guard let count = distance.nearestMultiple(of: step) else { return nil }
    guard let way = Decimal(isNegative: distance.isNegative, magnitude: count, exponent: 0) * step.magnitude
    else { return nil }
    return origin + way
  }

  /// How often `step` goes into this number, signs aside, to the nearest, half up; nil from 10^18 on.
  private func nearestMultiple(of step: Decimal) -> UInt64? {
    let limit = DecimalDigits.powerOfTen(18)
    var divisor = step.significand.magnitude
    var exponent = Int(self.exponent) - Int(step.exponent)
    while exponent < 0 {  // in units of this number's last digit
      let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
      guard !overflow else { return 0 }  // more than 18 × 10^18, and this number has 18 digits
      divisor = product
      exponent += 1
    }
    var (quotient, rest) = significand.magnitude.quotientAndRemainder(dividingBy: divisor)
    while exponent > 0, quotient > 0 || rest > 0 {  // by hand: one more digit each time
      guard quotient < limit / 10 else { return nil }
      quotient = quotient &* 10 &+ rest &* 10 / divisor  // divisor, and so rest, is below 10^18 here
      rest = rest &* 10 % divisor
      exponent -= 1
    }
    if rest >= divisor - rest { quotient += 1 }
    return quotient < limit ? quotient : nil
  }
}

extension Decimal: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self.init(value) }
}
