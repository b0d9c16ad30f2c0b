// SPDX-License-Identifier: MIT

// Base64 against the vectors of RFC 4648 section 10, against Foundation's own for every byte and for random
// bytes, and against a list of texts that are not the canonical form of anything.

import Bytes
import ConformanceSupport
import Foundation
import Testing

@Suite struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func vectorsOfTheRFCGiveTheirText(_ plain: String, _ encoded: String) {
    #expect(encode(bytes(plain)) == encoded)
    #expect(decodedCount(bytes(encoded)) == plain.utf8.count)
  }

  @Test func aTextIsAppendedToWhatIsThere() {
    var output = bytes("Key: ")
    Base64.append(bytes("foobar").span, to: &output)
    #expect(text(output) == "Key: Zm9vYmFy")
  }

  @Test func everyBytePairAgreesWithFoundation() {
    for first in UInt8.min ... .max {
      #expect(encode([first]) == Data([first]).base64EncodedString())
      for second in UInt8.min ... .max {
        #expect(encode([first, second]) == Data([first, second]).base64EncodedString())
      }
    }
  }

  @Test func randomBytesAgreeWithFoundation() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<500 {
      let plain = (0..<Int.random(in: 0...100, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      let encoded = encode(plain)
      #expect(encoded == Data(plain).base64EncodedString(), "seed \(generator.seed)")
      #expect(decodedCount(bytes(encoded)) == plain.count, "seed \(generator.seed)")
    }
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "Zm9vY", "Zm9vYg", "Zm9vYg=",  // lengths that are no multiple of four
    "=", "==", "===", "====", "Z===", "=Zg=", "Z=g=", "Zg=g", "Zm9=Zm9v", "Zg==Zg==", "Zm8=Zm9v", "Zm9v====",
    "Zh==", "Zi==", "Zo==", "Zv==", "Z/==", "Zm9=", "Zm+=", "Zm/=",  // pad bits that are not zero
    "Zm9v\n", "Zm9v\r\n\r\n", "Zm 9", " Zm9", "Zm9 ", "Zm\n9", "Zm-_", "Zm9-", "Zm,v", "Zm.v", "Zm9\u{0}",
    "Zmé", "!m9v", "Zm9v@AAA", "Zm9v[AAA", "Zm9v`AAA", "Zm9v{AAA", "Zm9v:AAA",
  ])
  func aTextThatIsNotCanonicalIsRefused(_ encoded: String) {
    #expect(decodedCount(bytes(encoded)) == nil)
  }

  @Test func ofAllFourCharacterGroupsWithOneDigitVariedOnlyTheCanonicalOnesCount() {
    // What Foundation decodes and encodes again to the same text is canonical.
    for byte in UInt8.min ... .max {
      for (prefix, suffix) in [("Zm9", ""), ("Zm", "="), ("Z", "=="), ("", "m9v"), ("Zm9vZ", "==")] {
        let encoded = bytes(prefix) + [byte] + bytes(suffix)
        let decoded = Data(base64Encoded: Data(encoded))
        let isCanonical = decoded.map { Array($0.base64EncodedData()) == encoded } ?? false
        #expect(decodedCount(encoded) == (isCanonical ? decoded?.count : nil), "\(text(encoded))")
      }
    }
  }

  private func decodedCount(_ encoded: [UInt8]) -> Int? { Base64.decodedCount(encoded.span) }

  private func encode(_ plain: [UInt8]) -> String {
    var output: [UInt8] = []
    Base64.append(plain.span, to: &output)
    return text(output)
  }
}
