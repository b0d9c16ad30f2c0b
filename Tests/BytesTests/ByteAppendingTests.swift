// SPDX-License-Identifier: MIT

// Numbers, literals and spans as bytes; String's own conversions are the oracle for digits.

import Bytes
import ConformanceSupport
import Testing

@Suite struct ByteAppendingTests {
  static let numbers: [UInt64] = [
    0, 1, 9, 10, 15, 16, 99, 100, 255, 256, 4095, 65535, 1 << 32, .max / 10, .max - 1, .max,
  ]

  @Test(arguments: numbers)
  func aNumberIsWrittenInDecimalDigits(_ number: UInt64) {
    #expect(decimal(number) == String(number))
  }

  @Test func numbersOfEveryWidthAreWrittenToTheirGreatestValue() {
    #expect(decimal(UInt8.max) == "255")
    #expect(decimal(UInt16.max) == "65535")
    #expect(decimal(UInt32.max) == "4294967295")
    #expect(decimal(UInt64.max) == "18446744073709551615")
    #expect(hexadecimal(UInt8.max) == "ff")
    #expect(hexadecimal(UInt64.max) == "ffffffffffffffff")
    for power in sequence(first: UInt64(1), next: { $0 <= .max / 10 ? $0 * 10 : nil }) {
      #expect(decimal(power) == String(power))
      #expect(decimal(power - 1) == String(power - 1))
    }
  }

  @Test(arguments: numbers, [-1, 0, 1, 2, 4, 8, 15, 16, 17])
  func aNumberIsWrittenInHexadecimalDigitsOfTheWidthAsked(_ number: UInt64, _ width: Int) {
    let digits = String(number, radix: 16)
    let zeros = String(repeating: "0", count: max(0, min(width, 16) - digits.count))
    #expect(hexadecimal(number, width: width) == zeros + digits)
  }

  @Test func randomNumbersAreWrittenAsStringWritesThem() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<2000 {
      let number = generator.next() >> UInt64.random(in: 0..<64, using: &generator)
      #expect(decimal(number) == String(number), "seed \(generator.seed)")
      #expect(hexadecimal(number) == String(number, radix: 16), "seed \(generator.seed)")
      let digits = bytes(String(number))
      let read = digits.span.decimalValue
      #expect(read == number, "seed \(generator.seed)")
    }
  }

  @Test func literalsAndSpansAreAppendedToWhatIsThere() {
    var output: [UInt8] = []
    output.append("a é")
    output.append(bytes("日").span)
    output.append("")
    output.append([UInt8](repeating: 0, count: 0).span)
    output.append(decimal: UInt8(7))
    #expect(output == bytes("a é日7"))
    #expect([UInt8]("é" as StaticString) == [0xC3, 0xA9])
    #expect([UInt8](output.span) == output)
  }

  private func decimal(_ number: some UnsignedInteger & FixedWidthInteger) -> String {
    var output = bytes("=")
    output.append(decimal: number)
    return text(Array(output.dropFirst()))
  }

  private func hexadecimal(_ number: some UnsignedInteger & FixedWidthInteger, width: Int = 1) -> String {
    var output = bytes("=")
    output.append(hexadecimal: number, width: width)
    return text(Array(output.dropFirst()))
  }
}
