// SPDX-License-Identifier: MIT

// A decimal number as text: the grammar of a JSON number (RFC 8259 section 6), read and written without String.

extension Decimal {
  /// The number that `text` writes in the grammar of JSON: `21.5`, `-4e-3`, `1200`.
  ///
  /// Nil if it is not written so, has more than 18 significant digits, or does not fit the exponents of this type.
  public init?(_ text: Span<UInt8>) {
    var reader = NumberReader(text)
    guard reader.read() else { return nil }
    guard reader.significand > 0 else {
      self = .zero
      return
    }
    guard let exponent = Int(exactly: reader.exponent), (-128...145).contains(exponent) else { return nil }
    guard let number = DecimalDigits(reader.significand).decimal(isNegative: reader.isNegative, exponent: exponent)
    else { return nil }
    self = number
  }

  /// The number that a literal writes, as `init(_:)` of its bytes: `Decimal("0.5")`.
  public init?(_ text: StaticString) { self.init(text.span) }
}

/// Reads a number of JSON: its sign, its digits without trailing zeros, and their power of ten.
private struct NumberReader: ~Escapable {
  private let text: Span<UInt8>
  private var position = 0
  private(set) var isNegative = false
  private(set) var significand: UInt64 = 0
  private(set) var exponent: Int64 = 0
  /// Zeros that count only if another digit follows.
  private var zeros: Int64 = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  /// Reads the whole text; false if it is not a number, or has too many digits.
  @_lifetime(self: copy self)
  mutating func read() -> Bool {
    isNegative = skip(UInt8(ascii: "-"))
    if !skip(UInt8(ascii: "0")) { guard readDigits() else { return false } }
    if skip(UInt8(ascii: ".")) {
      let start = position
      guard readDigits() else { return false }
      exponent = -Int64(position - start)
    }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) { guard readExponent() else { return false } }
    exponent += zeros
    return next == nil
  }

  @_lifetime(self: copy self)
  private mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  /// Reads one digit or more into the significand.
  @_lifetime(self: copy self)
  private mutating func readDigits() -> Bool {
    guard let first = next, first.isASCIIDigit else { return false }
    while let byte = next, byte.isASCIIDigit {
      position += 1
      if byte == UInt8(ascii: "0") {
        if significand > 0 { zeros += 1 }
        continue
      }
      guard take(digit: byte - UInt8(ascii: "0")) else { return false }
    }
    return true
  }

  /// Appends the zeros that were held back, and `digit`.
  @_lifetime(self: copy self)
  private mutating func take(digit: UInt8) -> Bool {
    let limit = DecimalDigits.powerOfTen(Decimal.maximumDigits - 1)
    while zeros > 0 {
      guard significand < limit else { return false }
      significand *= 10
      zeros -= 1
    }
    guard significand < limit else { return false }
    significand = significand * 10 + UInt64(digit)
    return true
  }

  /// Reads what follows the "e".
  @_lifetime(self: copy self)
  private mutating func readExponent() -> Bool {
    let isBelow = skip(UInt8(ascii: "-"))
    if !isBelow { _ = skip(UInt8(ascii: "+")) }
    guard let first = next, first.isASCIIDigit else { return false }
    var value: Int64 = 0
    while let byte = next, byte.isASCIIDigit {
      position += 1
      value = min(value * 10 + Int64(byte - UInt8(ascii: "0")), 1 << 40)  // beyond any length of a text
    }
    exponent += isBelow ? -value : value
    return true
  }
}

extension [UInt8] {
  /// The most digits, zeros before and behind included, that a number is written with in plain form.
  private static var maximumPlainDigits: Int { 20 }

  /// Appends `number` as JSON: `21.5`, `-0.004`, `1200`; with an exponent (`1.5e-30`) beyond 20 digits.
  public mutating func append(_ number: Decimal) {
    if number.isNegative { append(UInt8(ascii: "-")) }
    let digits = DecimalDigits.count(number.significand.magnitude)
    let decimals = 0 - Int(number.exponent)
    let plainDigits = decimals > 0 ? Swift.max(digits, decimals + 1) : digits - decimals
    guard plainDigits <= Self.maximumPlainDigits else { return appendScientific(number, digits: digits) }
    append(number.significand.magnitude, zerosBefore: decimals > 0 ? plainDigits - digits : 0, decimals: decimals)
    for _ in 0..<Swift.max(0 - decimals, 0) { append(UInt8(ascii: "0")) }
  }

  /// Appends one digit, the point and the others, and the power of ten.
  private mutating func appendScientific(_ number: Decimal, digits: Int) {
    let exponent = Int(number.exponent) + digits - 1
    var (magnitude, decimals) = (number.significand.magnitude, digits - 1)
    while decimals > 0, magnitude % 10 == 0 { (magnitude, decimals) = (magnitude / 10, decimals - 1) }
    append(magnitude, zerosBefore: 0, decimals: decimals)
    append(UInt8(ascii: "e"))
    if exponent < 0 { append(UInt8(ascii: "-")) }
    append(decimal: exponent.magnitude)
  }

  /// Appends zeros and the digits of `value`, with a point before the last `decimals` of them.
  private mutating func append(_ value: UInt64, zerosBefore zeros: Int, decimals: Int) {
    var position = zeros + Swift.max(DecimalDigits.count(value), 1)
    while position > 0 {
      if position == decimals { append(UInt8(ascii: ".")) }
      position -= 1
      // Leading zeros need a power of ten beyond those of 64 bits.
      let digit = position < 19 ? value / DecimalDigits.powerOfTen(position) % 10 : 0
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
    }
  }
}
