// SPDX-License-Identifier: MIT

// The validator against two oracles: String(validating:) for whole texts, and for the first wrong byte the
// definition itself: a beginning is acceptable if some bytes behind it make a text that String takes.

import Bytes
import ConformanceSupport
import Testing

@Suite struct UTF8ValidatorTests {
  // MARK: whole texts

  @Test func everyTextOfOneOrTwoBytesIsJudgedAsStringDoes() {
    for first in UInt8.min ... .max {
      expectAgreement([first])
      for second in UInt8.min ... .max { expectAgreement([first, second]) }
    }
  }

  /// The bytes at which the grammar of RFC 3629 section 4 changes, and their neighbors.
  static let boundaries: [UInt8] = [
    0x00, 0x7F, 0x80, 0x81, 0x8E, 0x8F, 0x90, 0x91, 0x9E, 0x9F, 0xA0, 0xA1, 0xBE, 0xBF, 0xC0, 0xC1, 0xC2,
    0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFE, 0xFF,
  ]

  @Test func everyTextOfThreeBytesAroundTheBoundariesIsJudgedAsStringDoes() {
    for first in UInt8(0xC0) ... .max {
      for second in Self.boundaries {
        for third in Self.boundaries { expectAgreement([first, second, third]) }
      }
    }
  }

  @Test func everyTextOfFourBytesAroundTheBoundariesIsJudgedAsStringDoes() {
    let neighbors: [UInt8] = [0x7F, 0x80, 0xBF, 0xC0]
    for first in UInt8(0xEF)...0xF8 {
      for second in Self.boundaries {
        for third in neighbors {
          for fourth in neighbors { expectAgreement([first, second, third, fourth]) }
        }
      }
    }
  }

  @Test func aScalarIsCompleteAtItsLastByteOnly() {
    for value in stride(from: UInt32(0), through: 0x10FFFF, by: 61) {  // 61: all values of the last six bits
      guard let scalar = Unicode.Scalar(value) else { continue }
      let encoded = Array(UTF8.encode(scalar)!)
      var validator = UTF8Validator()
      for (index, byte) in encoded.enumerated() {
        guard validator.receive([byte].span), validator.isComplete == (index == encoded.count - 1) else {
          Issue.record("U+\(String(value, radix: 16)) at byte \(index)")
          break
        }
      }
    }
  }

  @Test func randomTextsAreJudgedAsStringDoesHoweverTheyAreCut() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<3000 {
      let sample = randomText(using: &generator)
      let expected = String(validating: sample, as: UTF8.self) != nil
      let pieces = randomPieces(of: sample, using: &generator)
      #expect(judge([sample]) == expected, "\(sample), seed \(generator.seed)")
      #expect(judge(pieces) == expected, "\(pieces), seed \(generator.seed)")
    }
  }

  @Test(arguments: [
    "ASCII only, and long enough for several words", "κόσμε, ASCII, κόσμε",
    "Grüße aus 東京 \u{1F600}\u{10FFFF}\u{0}", "\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFD}\u{FFFF}\u{10000}",
    "\u{FEFF}with a byte order mark",
  ])
  func aValidTextStaysValidWhereverItIsCut(_ sample: String) {
    let whole = bytes(sample)
    for first in 0...whole.count {
      for second in first...whole.count {
        #expect(judge([Array(whole[..<first]), Array(whole[first..<second]), Array(whole[second...])]))
      }
    }
  }

  @Test func aWrongByteIsFoundAtEveryPlaceOfAWordAndOfATail() {
    for length in 1...40 {
      for place in 0..<length {
        for wrong in [0x80, 0xC0, 0xFF] as [UInt8] {
          var sample = [UInt8](repeating: UInt8(ascii: "x"), count: length)
          sample[place] = wrong
          #expect(firstRefused(sample) == place)
          #expect(!judge([sample]))
        }
      }
    }
  }

  // MARK: failing at the earliest byte

  /// Malformed texts, grouped as in Markus Kuhn's stress test and RFC 3629; the wrong byte is the one at
  /// `place`, nil where the text could still become valid.
  static let malformed: [(bytes: [UInt8], place: Int?)] = [
    // A continuation byte where none is due.
    ([0x80], 0), ([0xBF], 0), ([0x41, 0x80], 1), ([0xC3, 0xA9, 0x80], 2),
    // A character cut short by another byte.
    ([0xC2, 0x20], 1), ([0xDF, 0xC2], 1), ([0xE1, 0x20], 1), ([0xE1, 0x80, 0x20], 2), ([0xEF, 0xBF, 0xEF], 2),
    ([0xF1, 0x20], 1), ([0xF1, 0x80, 0x20], 2), ([0xF1, 0x80, 0x80, 0x20], 3), ([0xF3, 0xBF, 0xBF, 0xF3], 3),
    // Bytes that never occur.
    ([0xC0], 0), ([0xC1], 0), ([0xF5], 0), ([0xF8], 0), ([0xFC], 0), ([0xFE], 0), ([0xFF], 0),
    ([0x41, 0xFF], 1),
    // Overlong forms of "/", of NUL, and the longest overlong ones.
    ([0xC0, 0xAF], 0), ([0xE0, 0x80, 0xAF], 1), ([0xF0, 0x80, 0x80, 0xAF], 1),
    ([0xF8, 0x80, 0x80, 0x80, 0xAF], 0), ([0xC0, 0x80], 0), ([0xE0, 0x80, 0x80], 1),
    ([0xF0, 0x80, 0x80, 0x80], 1), ([0xC1, 0xBF], 0), ([0xE0, 0x9F, 0xBF], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1),
    // Surrogates, single and paired.
    ([0xED, 0xA0, 0x80], 1), ([0xED, 0xAF, 0xBF], 1), ([0xED, 0xB0, 0x80], 1), ([0xED, 0xBF, 0xBF], 1),
    ([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], 1),
    // Past U+10FFFF.
    ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF7, 0xBF, 0xBF, 0xBF], 0), ([0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], 0),
    // The example of RFC 6455's test suites: valid text, then a surrogate.
    ([0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5, 0xED, 0xA0, 0x80, 0x65], 12),
    // Unfinished, but not wrong yet.
    ([0xC2], nil), ([0xDF], nil), ([0xE0], nil), ([0xE0, 0xA0], nil), ([0xED, 0x9F], nil),
    ([0xEF, 0xBF], nil), ([0xF0, 0x90], nil), ([0xF4, 0x8F, 0xBF], nil), ([0x41, 0xF1, 0x80, 0x80], nil),
  ]

  @Test(arguments: malformed, Delivery.allCases)
  func aMalformedTextFailsAtItsFirstWrongByte(
    _ example: (bytes: [UInt8], place: Int?), _ delivery: Delivery
  ) {
    #expect(firstRefused(example.bytes) == example.place)

    var validator = UTF8Validator()
    let accepted = delivery.pieces(of: example.bytes, trailing: [0x20]).map { validator.receive($0.span) }
    // A trailing space cuts an unfinished character short.
    #expect(accepted.last == (example.place == nil && delivery != .withTrailingBytes))
    #expect(!validator.isComplete)
  }

  @Test func theFirstRefusedByteIsTheFirstThatNoContinuationAllows() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<3000 {
      let sample = randomText(using: &generator)
      #expect(firstRefused(sample) == firstHopeless(sample), "\(sample), seed \(generator.seed)")
    }
  }

  @Test func anInvalidTextStaysInvalid() {
    var validator = UTF8Validator()
    for piece in [[0xFF], []] + (UInt8.min ... .max).map({ [$0] }) {
      let accepted = validator.receive(piece.span)
      #expect(!accepted, "\(piece)")
    }
    #expect(!validator.isComplete)
  }

  @Test func nothingIsAValidText() {
    var validator = UTF8Validator()
    #expect(validator.isComplete)
    let nothing: [UInt8] = []
    let accepted = validator.receive(nothing.span)
    #expect(accepted)
    #expect(validator.isComplete)
  }

  // MARK: oracles

  private func expectAgreement(_ sample: [UInt8]) {
    let expected = String(validating: sample, as: UTF8.self) != nil
    if judge([sample]) != expected || judge(sample.map { [$0] }) != expected {
      Issue.record("\(sample) should be \(expected ? "valid" : "invalid")")
    }
  }

  /// Whether the validator takes all `pieces` and ends at a character's end.
  private func judge(_ pieces: [[UInt8]]) -> Bool {
    var validator = UTF8Validator()
    return pieces.allSatisfy { validator.receive($0.span) } && validator.isComplete
  }

  private func firstRefused(_ sample: [UInt8]) -> Int? {
    var validator = UTF8Validator()
    return sample.firstIndex { !validator.receive([$0].span) }
  }

  /// The place of the first byte with which no text that String finds valid begins.
  private func firstHopeless(_ sample: [UInt8]) -> Int? {
    let endings: [[UInt8]] = [[]] + [[0x80], [0x90], [0xA0]].flatMap { [$0, $0 + [0x80], $0 + [0x80, 0x80]] }
    return sample.indices.first { index in
      let prefix = Array(sample[...index])
      return !endings.contains { String(validating: prefix + $0, as: UTF8.self) != nil }
    }
  }

  /// Characters of all lengths, half of the time with some bytes changed.
  private func randomText(using generator: inout SeededGenerator) -> [UInt8] {
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
    ]
    var sample: [UInt8] = []
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      let range = ranges.randomElement(using: &generator)!
      let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator))!
      let repetitions = range.lowerBound == 0x20 ? Int.random(in: 1...12, using: &generator) : 1
      for _ in 0..<repetitions { sample += UTF8.encode(scalar)! }
    }
    if Bool.random(using: &generator), !sample.isEmpty {
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: sample.indices, using: &generator)
        sample[place] = UInt8(truncatingIfNeeded: generator.next())
      }
    }
    return sample
  }
}
