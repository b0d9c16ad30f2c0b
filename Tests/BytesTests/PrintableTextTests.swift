// SPDX-License-Identifier: MIT

// What a stranger's words may not do in a log: begin a line, steer a terminal, change the order of reading. Python's
// unicodedata says which characters have a direction or end a line.

import Bytes
import ConformanceSupport
import Testing

@Suite struct PrintableTextTests {
  private func printable(_ words: [UInt8]) -> String {
    var line: [UInt8] = []
    line.append(printable: words.span)
    return text(line)
  }

  @Test(arguments: ["", "kitchen.local", "Küche 😀", "日本語", "ab\\u{41}", "مرحبا", "שלום", "e\u{301}", "a\u{200D}b"])
  func ordinaryWordsOfAnyLanguageStay(_ words: String) {
    #expect(printable(bytes(words)) == words)
  }

  @Test(arguments: [
    ("a\nb", #"a\u{a}b"#), ("\r\n", #"\u{d}\u{a}"#), ("\u{1B}[2J", #"\u{1b}[2J"#), ("\0", #"\u{0}"#),
    ("\u{7F}", #"\u{7f}"#),
    ("\u{85}", #"\u{85}"#), ("\u{9B}31m", #"\u{9b}31m"#), ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
    ("exe.\u{202E}gpj", #"exe.\u{202e}gpj"#),
  ])
  func whatWouldDoMoreThanBeReadIsEscaped(_ words: String, _ shown: String) {
    #expect(printable(bytes(words)) == shown)
  }

  /// By bidirectional class LRE, RLE, LRO, RLO, PDF, LRI, RLI, FSI, PDI; category Cc, Zl, Zp; or a directional mark.
  @Test func allControlsDirectionsAndSeparatorsAreEscapedAndNoOtherCharacter() {
    let directions = [0x061C, 0x200E, 0x200F] + Array(0x202A...0x202E) + Array(0x2066...0x2069)
    let escaped = Set(Array(0x00...0x1F) + Array(0x7F...0x9F) + [0x2028, 0x2029] + directions)
    for value in 0...0x10FFFF {
      guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
      let isShown = printable(Array(UTF8.encode(scalar)!)).unicodeScalars.first == scalar
      if isShown == escaped.contains(value) { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test(arguments: [
    ([0xFF], #"\xff"#), ([0x61, 0xC3], #"a\xc3"#), ([0xC3, 0x61], #"\xc3a"#), ([0xC0, 0x8A], #"\xc0\x8a"#),
    ([0xE2, 0x80], #"\xe2\x80"#), ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#), ([0x9B], #"\x9b"#),
    ([0xF4, 0x90, 0x80, 0x80], #"\xf4\x90\x80\x80"#), ([0xE2, 0x80, 0xC3, 0xA4], #"\xe2\x80ä"#),
  ] as [([UInt8], String)])
  func whatIsNotUTF8IsShownByteByByte(_ words: [UInt8], _ shown: String) {
    #expect(printable(words) == shown)
  }
}
