// SPDX-License-Identifier: MIT

// Letters beyond ASCII as DNS carries them: RFC 3492 (Punycode), with the parameters of its section 5. Every arithmetic
// on what somebody wrote is checked: section 6.4 says where it may overflow.

/// The code of labels that begin with `xn--`.
enum Punycode {
  private static var base: UInt32 { 36 }
  private static var lowest: UInt32 { 1 }  // tmin
  private static var highest: UInt32 { 26 }  // tmax
  private static var firstLetter: UInt32 { 128 }  // initial_n
  private static var firstBias: UInt32 { 72 }

  /// The code of a label, without `xn--`; nil if it is longer than 32 bits can count (section 6.3).
  static func encode(_ label: String) -> String? {
    let letters = label.unicodeScalars.map(\.value)
    var output = label.unicodeScalars.filter(\.isASCII).map { Character($0) }
    let basicCount = output.count
    if basicCount > 0 { output.append("-") }
    var (letter, delta, bias) = (firstLetter, UInt32(0), firstBias)
    var handled = basicCount
    while handled < letters.count {
      guard let next = letters.filter({ $0 >= letter }).min() else { return nil }
      let (step, tooFar) = (next - letter).multipliedReportingOverflow(by: UInt32(handled) + 1)
      let (start, tooMuch) = delta.addingReportingOverflow(step)
      guard !tooFar, !tooMuch else { return nil }
      (letter, delta) = (next, start)
      for other in letters {
        if other < letter {
          let (sum, overflow) = delta.addingReportingOverflow(1)
          guard !overflow else { return nil }
          delta = sum
        }
        guard other == letter else { continue }
        append(delta, bias, to: &output)
        bias = adapted(delta, handled + 1, isFirst: handled == basicCount)
        delta = 0
        handled += 1
      }
      guard delta < .max, letter < .max else { return nil }
      delta += 1
      letter += 1
    }
    return String(output)
  }

  /// The label of a code without `xn--`; nil if it is none (section 6.2).
  static func decode(_ code: String) -> String? {
    guard code.unicodeScalars.allSatisfy(\.isASCII) else { return nil }
    let bytes = Array(code.utf8)
    let delimiter = bytes.lastIndex(of: UInt8(ascii: "-"))
    var letters = bytes[..<(delimiter ?? 0)].map { Unicode.Scalar($0) }
    var (letter, place, bias) = (firstLetter, UInt32(0), firstBias)
    var index = delimiter.map { $0 + 1 } ?? 0
    while index < bytes.count {
      let before = place
      guard let moved = number(in: bytes, &index, bias, from: place) else { return nil }
      let count = UInt32(letters.count) + 1
      bias = adapted(moved - before, Int(count), isFirst: before == 0)
      let (next, overflow) = letter.addingReportingOverflow(moved / count)
      guard !overflow, let scalar = Unicode.Scalar(next) else { return nil }
      letter = next
      place = moved % count
      letters.insert(scalar, at: Int(place))
      place += 1
    }
    return String(String.UnicodeScalarView(letters))
  }

  /// Reads one number of variable length, and adds it to `start`.
  private static func number(in bytes: [UInt8], _ index: inout Int, _ bias: UInt32, from start: UInt32) -> UInt32? {
    var (sum, weight, position) = (start, UInt32(1), base)
    while index < bytes.count {
      guard let digit = value(of: bytes[index]) else { return nil }
      index += 1
      let (part, tooFar) = digit.multipliedReportingOverflow(by: weight)
      let (next, tooMuch) = sum.addingReportingOverflow(part)
      guard !tooFar, !tooMuch else { return nil }
      sum = next
      let limit = threshold(position, bias)
      if digit < limit { return sum }
      let (heavier, overflow) = weight.multipliedReportingOverflow(by: base - limit)
      guard !overflow else { return nil }
      weight = heavier
      position += base
    }
    return nil  // it ends within the number
  }

  private static func append(_ number: UInt32, _ bias: UInt32, to output: inout [Character]) {
    var (rest, position) = (number, base)
    while true {
      let limit = threshold(position, bias)
      guard rest >= limit else { break }
      output.append(digit(limit + (rest - limit) % (base - limit)))
      rest = (rest - limit) / (base - limit)
      position += base
    }
    output.append(digit(rest))
  }

  private static func threshold(_ position: UInt32, _ bias: UInt32) -> UInt32 {
    position <= bias ? lowest : min(position - bias, highest)
  }

  /// Section 6.1.
  private static func adapted(_ delta: UInt32, _ count: Int, isFirst: Bool) -> UInt32 {
    var rest = isFirst ? delta / 700 : delta / 2
    rest += rest / UInt32(count)
    var position: UInt32 = 0
    while rest > (base - lowest) * highest / 2 {
      rest /= base - lowest
      position += base
    }
    return position + (base - lowest + 1) * rest / (rest + 38)
  }

  private static func digit(_ value: UInt32) -> Character {
    Character(Unicode.Scalar(UInt8(value < 26 ? value + 0x61 : value - 26 + 0x30)))
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case 0x61...0x7A: UInt32(byte - 0x61)
    case 0x41...0x5A: UInt32(byte - 0x41)
    case 0x30...0x39: UInt32(byte - 0x30) + 26
    default: nil
    }
  }
}
