// SPDX-License-Identifier: MIT

// Decimal numbers: vectors by hand, and random ones against Foundation's Decimal, which has 38 digits and so holds
// sums and products of ours exactly.

import Bytes
import ConformanceSupport
import Foundation
import Testing

private typealias Decimal = Bytes.Decimal

@Suite struct DecimalTests {
  // MARK: text

  @Test(arguments: [
    ("0", 0, 0), ("-0", 0, 0), ("0.000", 0, 0), ("0e999999999999999999999", 0, 0), ("1", 1, 0), ("-1", -1, 0),
    ("21.5", 215, -1), ("21.50", 215, -1), ("-0.004", -4, -3), ("1200", 12, 2), ("12e2", 12, 2), ("1.2E+3", 12, 2),
    ("1200e-2", 12, 0), ("0.1e1", 1, 0), ("100.001", 100_001, -3), ("1e127", 1, 127), ("10e127", 10, 127),
    ("1e144", 100_000_000_000_000_000, 127), ("5e-128", 5, -128), ("50e-129", 5, -128), ("0.5e-127", 5, -128),
    ("999999999999999999", 999_999_999_999_999_999, 0), ("-999999999999999999", -999_999_999_999_999_999, 0),
    ("9223372036854775800000000", 92_233_720_368_547_758, 8), ("0.000000000000000001", 1, -18),
  ] as [(String, Int64, Int8)])
  func aNumberOfJSONIsReadInNormalForm(_ text: String, _ significand: Int64, _ exponent: Int8) throws {
    let number = try #require(read(text))
    #expect(number.significand == significand)
    #expect(number.exponent == exponent)
    #expect(number == Decimal(significand, exponent: exponent))
  }

  @Test(arguments: [
    "", "-", "+1", ".5", "5.", "01", "-01", "00", "1e", "1e+", "1e-", "e5", "1.e5", "1.5.2", " 1", "1 ", "1,5", "0x10",
    "NaN", "Infinity", "1_000", "--1", "1e1.5", "1e1e1", "\u{0}", "1\u{0}", "½",  // not of the grammar
    "1234567890123456789", "1.234567890123456789", "10000000000000000001", "0.1000000000000000001",  // too many digits
    "1e145", "1e999999999999999999999", "-1e400", "1e-129", "1e-999999999999999999999", "0.1e-128",  // out of range
  ])
  func whatIsNoNumberOrDoesNotFitIsRefused(_ text: String) {
    #expect(read(text) == nil)
  }

  @Test func thousandsOfZerosAreNoDanger() {
    let zeros = String(repeating: "0", count: 100_000)
    #expect(read("1" + zeros + "e-100000") == 1)
    #expect(read("0." + zeros + "1e100001") == 1)
    #expect(read("1" + zeros) == nil)
  }

  @Test(arguments: [
    ("0", "0"), ("-0.0", "0"), ("21.50", "21.5"), ("-0.004", "-0.004"), ("1200", "1200"),
    ("1e19", "10000000000000000000"),
    ("1e20", "1e20"), ("-15e19", "-1.5e20"), ("1e-19", "0.0000000000000000001"), ("1e-20", "1e-20"),
    ("12e-20", "1.2e-19"), ("-1.5e-30", "-1.5e-30"), ("123456789.123456789", "123456789.123456789"),
    ("0.123456789012345678", "0.123456789012345678"), ("1e144", "1e144"), ("5e-128", "5e-128"), ("10.5", "10.5"),
  ])
  func aNumberIsWrittenPlainlyWhereThatIsShort(_ given: String, _ written: String) throws {
    let number = try #require(read(given))
    #expect(text(of: number) == written)
    var output = bytes("x")
    output.append(number)
    #expect(output == bytes("x" + written), "appended behind what is there")
  }

  @Test func whatIsWrittenIsReadBackAsTheSameNumber() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<20_000 {
      let number = random(exponents: -128...127, using: &generator)
      let written = text(of: number)
      #expect(read(written) == number, "\(written), seed \(generator.seed)")
      guard abs(Int(number.exponent)) <= 100 else { continue }  // Foundation's exponents end at 127 as well
      #expect(foundation(number) == Foundation.Decimal(string: written), "\(written), seed \(generator.seed)")
    }
  }

  // MARK: form

  @Test func equalValuesAreEqualAndHaveOneForm() {
    #expect(Decimal(150, exponent: -2) == Decimal(15, exponent: -1))
    #expect(Decimal(150, exponent: -2).hashValue == Decimal(15, exponent: -1).hashValue)
    #expect(Decimal(0, exponent: 7) == .zero)
    #expect(Decimal(0, exponent: 7).exponent == 0)
    #expect(Decimal(10, exponent: 127) != Decimal(1, exponent: 127))
    #expect(Decimal("0.5") == Decimal(5, exponent: -1))
  }

  @Test func nineteenDigitsAreRoundedToEighteen() {
    #expect(Decimal(.max) == Decimal(922_337_203_685_477_581, exponent: 1))
    #expect(Decimal(.min) == Decimal(-922_337_203_685_477_581, exponent: 1))
    #expect(Decimal(1_000_000_000_000_000_005) == Decimal(100_000_000_000_000_001, exponent: 1))
    #expect(Decimal(1_000_000_000_000_000_004) == Decimal(1, exponent: 18))
    #expect(Decimal(.max, exponent: 127) == Decimal(999_999_999_999_999_999, exponent: 127))
    #expect(Decimal(.min, exponent: 127) == Decimal(-999_999_999_999_999_999, exponent: 127))
    #expect(Decimal(.min).magnitude == -Decimal(.min))
  }

  @Test(arguments: [
    ("0", 0), ("-7", -7), ("1200", 1200), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil), ("0.5", nil),
    ("1e127", nil),
  ] as [(String, Int64?)])
  func anIntegerIsOneThatHasNoDecimalsAndFits(_ given: String, _ integer: Int64?) throws {
    #expect(try #require(read(given)).integer == integer)
  }

  // MARK: arithmetic

  @Test(arguments: [
    ("1", "2", "3"), ("0.1", "0.2", "0.3"), ("1.5", "-1.5", "0"), ("-1", "0.001", "-0.999"), ("0", "5e-128", "5e-128"),
    ("999999999999999999", "1", "1e18"), ("999999999999999999", "0.4", "999999999999999999"),
    ("999999999999999999", "0.5", "1e18"), ("1e18", "-0.5", "1e18"), ("1e18", "-0.51", "999999999999999999"),
    ("1e100", "1e-100", "1e100"), ("1e100", "-1e-100", "1e100"), ("123456789012345678", "0.5", "123456789012345679"),
    // Just under a half: only a digit far below says so.
    ("2e18", "-5.00000000000000001", "199999999999999999e1"), ("2e18", "-5", "2e18"),
    ("2e18", "-4.99999999999999999", "2e18"),
    ("2e18", "5.00000000000000001", "200000000000000001e1"), ("2e18", "4.99999999999999999", "2e18"),
    ("1e143", "9e143", "1e144"), ("1e144", "1e144", "2e144"), ("5e144", "5e144", nil),
    ("999999999999999999e127", "4e126", "999999999999999999e127"), ("999999999999999999e127", "5e126", nil),
  ] as [(String, String, String?)])
  func aSumIsRoundedToEighteenDigits(_ left: String, _ right: String, _ sum: String?) throws {
    let left = try #require(read(left))
    let right = try #require(read(right))
    let expected = try sum.map { try #require(read($0)) }
    #expect((left + right) == expected)
    #expect((right + left) == expected)
    #expect((-left - right) == expected.map { -$0 })
  }

  @Test(arguments: [
    ("2", "3", "6"), ("-0.5", "0.5", "-0.25"), ("0", "1e127", "0"),
    ("999999999999999999", "999999999999999999", "999999999999999998e18"),
    ("123456789.5", "0.001", "123456.7895"), ("1e100", "1e44", "1e144"), ("1e100", "1e45", nil),
    ("1e-100", "1e-28", "1e-128"),
    ("1e-100", "1e-29", "0"), ("5e-100", "1e-29", "1e-128"), ("-1e-100", "1e-100", "0"), ("1e127", "1e127", nil),
    ("333333333333333333", "3", "999999999999999999"), ("500000000000000001", "0.5", "250000000000000001"),
    ("-300000000000000001", "0.5", "-150000000000000001"),
  ] as [(String, String, String?)])
  func aProductIsRoundedToEighteenDigits(_ left: String, _ right: String, _ product: String?) throws {
    let left = try #require(read(left))
    let right = try #require(read(right))
    let expected = try product.map { try #require(read($0)) }
    #expect((left * right) == expected)
    #expect((right * left) == expected)
    #expect((left * -right) == expected.map { -$0 })
  }

  @Test func sumsProductsAndOrderAreThoseOfFoundation() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<20_000 {
      // The sum of 18 digits each, at most 19 places apart, has at most 38: exact in Foundation, and rounded there.
      let left = random(exponents: -10...9, using: &generator)
      let right = random(exponents: -10...9, using: &generator)
      let comment: Comment = "\(text(of: left)), \(text(of: right)), seed \(generator.seed)"
      #expect((left + right).map(foundation) == rounded(foundation(left) + foundation(right)), comment)
      #expect((left - right).map(foundation) == rounded(foundation(left) - foundation(right)), comment)
      #expect((left * right).map(foundation) == rounded(foundation(left) * foundation(right)), comment)
      #expect((left < right) == (foundation(left) < foundation(right)), comment)
      #expect((left == right) == (foundation(left) == foundation(right)), comment)
    }
  }

  @Test func theOrderHoldsAcrossAllExponents() {
    let ascending = [
      "-1e144", "-10e127", "-1e127", "-2", "-1.5", "-1.49", "-1e-128", "0", "1e-128", "9e-128", "0.1",
      "0.999999999999999999", "1", "1.00000000000000001", "2", "10", "999999999999999999", "1e18", "1e127", "2e127",
      "10e127", "999999999999999999e127",
    ].compactMap { read($0) }
    #expect(ascending.count == 22)
    for (index, left) in ascending.enumerated() {
      for (other, right) in ascending.enumerated() {
        #expect((left < right) == (index < other))
        #expect((left == right) == (index == other))
      }
    }
  }

  // MARK: rounding

  @Test(arguments: [
    ("21.449", 1, "21.4"), ("21.45", 1, "21.5"), ("-21.45", 1, "-21.5"), ("-21.4499", 1, "-21.4"), ("0.5", 0, "1"),
    ("-0.5", 0, "-1"), ("0.49999999999999999", 0, "0"), ("999.5", 0, "1000"), ("1e127", 3, "1e127"), ("5e-128", 0, "0"),
    ("5e-128", 127, "1e-127"), ("4e-128", 127, "0"), ("0.999999999999999999", 17, "1"), ("21.5", 255, "21.5"),
    ("0.999999999999999999", 0, "1"), ("0.0999999999999999999e0", 0, "0"),
  ] as [(String, UInt8, String)])
  func decimalsAreRoundedHalfAwayFromZero(_ given: String, _ decimals: UInt8, _ result: String) throws {
    let number = try #require(read(given))
    #expect(text(of: number.rounded(toDecimals: decimals)) == result)
  }

  @Test(arguments: [
    ("21.3", "0.5", "5", "21.5"), ("21.24", "0.5", "5", "21"), ("21.25", "0.5", "5", "21.5"), ("7", "5", "0", "5"),
    ("7.5", "5", "0", "10"), ("-7.5", "5", "0", "-10"), ("2.5", "5", "7.5", "2.5"), ("5", "5", "7.5", "2.5"),
    ("7", "-5", "0", "5"), ("0", "0.1", "0", "0"), ("1e100", "1e-100", "0", nil), ("1e-100", "1e100", "3", "3"),
    ("1", "0", "0", nil), ("999999999999999999", "1", "0", "999999999999999999"), ("1e18", "1", "0", nil),
    ("1", "3e-17", "0", "0.99999999999999999"), ("18", "4e18", "0", "0"), ("100", "7", "0", "98"),
    ("1e17", "3e-1", "0", "99999999999999999.9"),
  ] as [(String, String, String, String?)])
  func aNumberIsRoundedToItsSteps(_ given: String, _ step: String, _ origin: String, _ result: String?) throws {
    let number = try #require(read(given))
    let step = try #require(read(step))
    let origin = try #require(read(origin))
    #expect(number.rounded(toMultipleOf: step, from: origin).map(text(of:)) == result)
  }

  @Test func stepsAreThoseOfFoundationAndAreTheirOwnRounding() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<10_000 {
      func any(_ significands: ClosedRange<Int64>, _ exponents: ClosedRange<Int8>) -> Decimal {
        Decimal(.random(in: significands, using: &generator), exponent: .random(in: exponents, using: &generator))
      }
      let number = any(-1_000_000...1_000_000, -4...0)
      let step = any(1...5_000, -3...1)
      let origin = Decimal(.random(in: -500...500, using: &generator), exponent: -1)
      let comment: Comment = "\(text(of: number)) by \(text(of: step)) from \(text(of: origin)), seed \(generator.seed)"
      let result = try #require(number.rounded(toMultipleOf: step, from: origin), comment)
      var quotient = (foundation(number) - foundation(origin)) / foundation(step)
      var count = Foundation.Decimal()
      NSDecimalRound(&count, &quotient, 0, .plain)
      // Foundation's quotient is cut at 38 digits; both sides of a half are right if it is not a half exactly.
      #expect(foundation(result) == foundation(origin) + count * foundation(step), comment)
      #expect(result.rounded(toMultipleOf: step, from: origin) == result, comment)
    }
  }

  @Test func nothingTrapsWhateverTheNumbers() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let edges: [Int64] = [.min, .max, 0, 1, -1, 999_999_999_999_999_999, -999_999_999_999_999_999]
    func any() -> Decimal {
      let significand = Bool.random(using: &generator)
        ? edges.randomElement(using: &generator)! : Int64.random(in: .min ... .max, using: &generator)
      let exponents = [Int8.min, .max, 0, .random(in: .min ... .max, using: &generator)]
      return Decimal(significand, exponent: exponents.randomElement(using: &generator)!)
    }
    for _ in 0..<20_000 {
      let (left, right, origin) = (any(), any(), any())
      for result in [left + right, left - right, left * right, left.rounded(toMultipleOf: right, from: origin)] {
        guard let result else { continue }
        #expect(result.significand.magnitude < 1_000_000_000_000_000_000)
        #expect(result.significand % 10 != 0 || result == .zero || result.exponent == .max)
      }
      _ = left.rounded(toDecimals: .random(in: .min ... .max, using: &generator))
      _ = (left < right, left.magnitude, left.integer, text(of: left))
    }
  }

  // MARK: helpers

  private func read(_ text: String) -> Decimal? {
    let text = bytes(text)
    return Decimal(text.span)
  }

  private func text(of number: Decimal) -> String {
    var output: [UInt8] = []
    output.append(number)
    return ConformanceSupport.text(output)
  }

  /// A number of one to eighteen digits.
  private func random(exponents: ClosedRange<Int8>, using generator: inout SeededGenerator) -> Decimal {
    var limit: Int64 = 1
    for _ in 0..<Int.random(in: 1...18, using: &generator) { limit *= 10 }
    let significand = Int64.random(in: -limit + 1...limit - 1, using: &generator)
    return Decimal(significand, exponent: .random(in: exponents, using: &generator))
  }

  private func foundation(_ number: Decimal) -> Foundation.Decimal {
    Foundation.Decimal(
      sign: number.isNegative ? .minus : .plus, exponent: Int(number.exponent),
      significand: Foundation.Decimal(number.significand.magnitude))
  }

  /// `number` with 18 significant digits, half away from zero, by Foundation.
  private func rounded(_ number: Foundation.Decimal) -> Foundation.Decimal {
    var (number, result) = (number, Foundation.Decimal())
    let digits = number.significand.description.count  // an integer, without sign
    NSDecimalRound(&result, &number, 18 - digits - number.exponent, .plain)
    return digits > 18 ? result : number
  }
}
