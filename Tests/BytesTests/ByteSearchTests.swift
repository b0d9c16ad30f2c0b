// SPDX-License-Identifier: MIT

// Searches that take eight bytes in a step, against loops over single bytes: at every length up to some words, from every
// start, with bytes that lie next to those that are meant.

import Bytes
import ConformanceSupport
import Testing

@Suite struct ByteSearchTests {
  /// What a borrow between bytes of a word could take for something else.
  static let confusable: [UInt8] = [0x00, 0x01, 0x0D, 0x0E, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0x81, 0x8D, 0x9F, 0xA0, 0xFF]

  @Test func aByteIsFoundWhereALoopFindsIt() {
    forEachSample { sample, start, words in
      for byte: UInt8 in [0x00, 0x0D, 0x7F, 0x80] {
        let expected = sample.indices.first { $0 >= start && sample[$0] == byte }
        #expect(sample.span.firstIndex(of: byte, from: start) == expected, words())
      }
    }
  }

  @Test func aControlCharacterIsFoundWhereALoopFindsIt() {
    forEachSample { sample, start, words in
      let expected = sample.indices.first { $0 >= start && (sample[$0] < 0x20 || sample[$0] == 0x7F) }
      #expect(sample.span.firstIndexOfControl(from: start) == expected, words())
    }
  }

  private func forEachSample(_ body: ([UInt8], _ start: Int, _ words: () -> Comment) -> Void) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for count in 0...34 {
      for round in 0..<20 {
        // Mostly what no search is for, so that whole words are passed over.
        let sample = (0..<count).map { _ in
          Int.random(in: 0..<8, using: &generator) < round % 8 ? Self.confusable.randomElement(using: &generator) ?? 0 : 0x61
        }
        for start in 0...count + 1 { body(sample, start) { "\(sample), from \(start), seed \(generator.seed)" } }
      }
    }
  }
}
