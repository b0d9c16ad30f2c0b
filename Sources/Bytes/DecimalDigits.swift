// SPDX-License-Identifier: MIT

// The arithmetic under Decimal: an unsigned integer of 36 decimal digits, which is what a product of two numbers of
// 18 digits takes. Four limbs of nine digits: a product of two limbs fits 64 bits, so a processor of 32 bits needs no
// wider arithmetic, and cutting digits off is a division of limbs by a power of ten below 10^9.

/// An unsigned integer of at most 36 decimal digits.
struct DecimalDigits {
  /// How many digits there is room for.
  static let capacity = 36
  private static let base: UInt64 = 1_000_000_000

  /// The lowest nine digits first.
  private var limbs = InlineArray<4, UInt64>(repeating: 0)

  /// What was cut off behind the last digit.
  enum Rest { case none, belowHalf, halfOrMore }

  init(_ value: UInt64) {
    limbs[0] = value % Self.base
    limbs[1] = value / Self.base % Self.base
    limbs[2] = value / Self.base / Self.base
  }

  /// The product of two numbers below 10^18.
  init(product left: UInt64, _ right: UInt64) {
    let (leftHigh, leftLow) = left.quotientAndRemainder(dividingBy: Self.base)
    let (rightHigh, rightLow) = right.quotientAndRemainder(dividingBy: Self.base)
    limbs[0] = leftLow &* rightLow
    limbs[1] = leftLow &* rightHigh &+ leftHigh &* rightLow  // below 2 × 10^18
    limbs[2] = leftHigh &* rightHigh
    carry()
  }

  // MARK: powers of ten

  /// 10^`exponent`; an exponent is at most 19.
  static func powerOfTen(_ exponent: Int) -> UInt64 {
    var power: UInt64 = 1
    var exponent = exponent
    while exponent > 0 {
      power = power &* 10
      exponent -= 1
    }
    return power
  }

  /// How many digits `value` is written with; none for zero.
  static func count(_ value: UInt64) -> Int {
    var rest = value
    var count = 0
    while rest > 0 {
      rest /= 10
      count += 1
    }
    return count
  }

  /// How many digits this is written with; none for zero.
  var count: Int {
    var index = 3
    while index > 0, limbs[index] == 0 { index -= 1 }
    return index * 9 + Self.count(limbs[index])
  }

  // MARK: arithmetic

  /// Brings every limb below 10^9 again.
  private mutating func carry() {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let sum = limbs[index] &+ carry
      limbs[index] = sum % Self.base
      carry = sum / Self.base
    }
  }

  /// Adds `other`; the sum has at most 36 digits.
  mutating func add(_ other: DecimalDigits) {
    for index in limbs.indices { limbs[index] = limbs[index] &+ other.limbs[index] }
    carry()
  }

  /// Subtracts `other`, which is not greater.
  mutating func subtract(_ other: DecimalDigits) {
    var borrow: UInt64 = 0
    for index in limbs.indices {
      let difference = limbs[index] &+ Self.base &- other.limbs[index] &- borrow
      limbs[index] = difference % Self.base
      borrow = difference < Self.base ? 1 : 0
    }
  }

  /// Whether this is greater than `other`.
  func isGreater(than other: DecimalDigits) -> Bool {
    var index = 3
    while index > 0, limbs[index] == other.limbs[index] { index -= 1 }
    return limbs[index] > other.limbs[index]
  }

  /// Multiplies by 10^`digits`; the product has at most 36 digits.
  mutating func shiftLeft(_ digits: Int) {
    var digits = digits
    while digits >= 9 {
      limbs[3] = limbs[2]
      limbs[2] = limbs[1]
      limbs[1] = limbs[0]
      limbs[0] = 0
      digits -= 9
    }
    let power = Self.powerOfTen(digits)
    for index in limbs.indices { limbs[index] = limbs[index] &* power }
    carry()
  }

  /// Divides by 10^`digits` and says what was cut off.
  mutating func shiftRight(_ digits: Int) -> Rest {
    guard digits > 0 else { return .none }
    var isCut = false
    var remaining = min(digits, Self.capacity + 1) - 1  // the last digit that is cut off decides
    while remaining > 0 {
      let step = min(remaining, 9)
      if divide(by: Self.powerOfTen(step)) != 0 { isCut = true }
      remaining -= step
    }
    let last = divide(by: 10)
    return last >= 5 ? .halfOrMore : last > 0 || isCut ? .belowHalf : .none
  }

  /// Divides by 10^`digits` and rounds, half up.
  mutating func shiftRightRounding(_ digits: Int) {
    if shiftRight(digits) == .halfOrMore { add(DecimalDigits(1)) }
  }

  /// Divides by `divisor`, at most 10^9, and returns the remainder.
  private mutating func divide(by divisor: UInt64) -> UInt64 {
    var rest: UInt64 = 0
    var index = 3
    while index >= 0 {
      let value = rest &* Self.base &+ limbs[index]
      limbs[index] = value / divisor
      rest = value % divisor
      index -= 1
    }
    return rest
  }

  // MARK: the result

  /// This integer × 10^`exponent` in normal form: 18 digits and at most 128 decimals, rounded half away from zero; nil
  /// if it is too large.
  func decimal(isNegative: Bool, exponent: Int) -> Decimal? {
    var digits = self
    var exponent = exponent
    let surplus = max(digits.count - Decimal.maximumDigits, Int(Int8.min) - exponent, 0)
    digits.shiftRightRounding(surplus)
    exponent += surplus
    var magnitude = digits.limbs[1] &* Self.base &+ digits.limbs[0] &+ digits.limbs[2] &* Self.powerOfTen(18)
    guard magnitude > 0 else { return .zero }
    while magnitude % 10 == 0 {
      magnitude /= 10
      exponent += 1
    }
    // At the largest exponent zeros stay: 10 × 10^127 is written in no other way.
    while exponent > Int(Int8.max), magnitude < Self.powerOfTen(17) {
      magnitude &*= 10
      exponent -= 1
    }
    guard let exponent = Int8(exactly: exponent) else { return nil }
    return Decimal(isNegative: isNegative, magnitude: magnitude, exponent: exponent)
  }
}
