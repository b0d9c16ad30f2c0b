// SPDX-License-Identifier: MIT

// No file crashes the reader, takes long, or takes much: size, depth and aliases are bounded, and random damage is
// told.

import ConformanceSupport
import DeviceDescription
import Foundation
import Testing

@Suite struct YAMLLimitTests {
  @Test func aFileThatIsTooLargeIsRefusedUnread() {
    let text = String(repeating: "#", count: DeviceDescription.maximumSize + 1)
    #expect(mistakes(text) == ["f.yaml:1:1: the file has 262145 bytes; a description has at most 262144"])
  }

  @Test(arguments: ["[", "{", "{a: ", "[{a: ", "- ", "? ", "a: [", "!x ", "&a "])
  func depthIsNoDanger(_ opening: String) {
    for count in [9, 100, 1000, 10_000] {
      let lines = mistakes("parts:\n  x: " + String(repeating: opening, count: count))
      #expect(!lines.isEmpty && lines.count <= 50)
    }
  }

  @Test func indentationWithoutEndIsNoDanger() {
    let text = (0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(!mistakes(text).isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func aliasesOfAliasesAreRefusedAtOnce() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    // As a key it would be compared with others, part by part.
    text += "? *a11\n: 1\n? [*a11]\n: 2\n"
    #expect(mistakes(text) == ["f.yaml:2:10: the file has 101 aliases (*name); write each value out"])
  }

  @Test func whatIsNotUTF8IsToldWithItsPlace() {
    do {
      _ = try DeviceDescription(bytes("parts:\n  a: \"") + [0xC3, 0x28], file: "f.yaml")
      Issue.record("it was read")
    } catch { #expect(error.description == "f.yaml:2:7: the file is not UTF-8; save it as UTF-8") }
  }

  @Test func controlCharactersAreToldWithTheirPlace() {
    #expect(mistakes("parts:\n  a: \u{0}") == ["f.yaml:2:6: the character U+0 is not allowed in YAML; remove it"])
    #expect(mistakes("parts:\n  a: x\u{1B}[2J") == ["f.yaml:2:7: the character U+1B is not allowed in YAML; remove it"])
  }

  @Test func aByteOrderMarkAndLineEndsOfWindowsAreNoMistake() throws {
    let text = "\u{FEFF}name: K\r\nparts:\r\n  lamp: {switch: GPIO26}\r\n"
    #expect(try description(text).name == "K")
    #expect(mistakes("name: K\r\nparts:\r\n  lamp: {swich: GPIO26}\r\n").first?.hasPrefix("f.yaml:3:10: ") == true)
  }

  @Test func columnsCountCharactersAndNotBytes() {
    let lines = mistakes("parts:\n  lamp: {label: Küche 日本, switch: GPIO26, of_after: 3 s}\n")
    #expect(lines == [#"f.yaml:2:43: unknown key "of_after"; did you mean "off_after"?"#])
  }

  @Test func moreThan256PartsAreTooMany() {
    let text = "parts:\n" + (0..<257).map { "  p\($0): {switch: GPIO\($0)}\n" }.joined()
    #expect(mistakes(text) == ["f.yaml:258:3: a device has at most 256 parts; this one has 257"])
  }

  @Test func damageIsToldAndNeverMore() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let good = Array(kitchen.utf8)
    let pieces = [
      "\t", "\n", " ", "  ", ": ", "- ", "{", "}", "[", "]", ",", "\"", "'", "&a ", "*a ", "!!str ", "? ", "|", ">",
      "---\n", "...\n", "%YAML 1.1\n", "#", "<<: ", "@", "`", "\\", "\u{0}", "\u{FF}", "lamp", "parts:\n", "all",
      "1e999",
    ]
    for _ in 0..<1000 {
      var text = good
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0...text.count, using: &generator)
        let end = min(text.count, place + Int.random(in: 0...6, using: &generator))
        let piece = Array(pieces.randomElement(using: &generator)!.utf8)
        text.replaceSubrange(place..<end, with: Bool.random(using: &generator) ? piece : [])
      }
      do {
        _ = try DeviceDescription(text, file: "f.yaml", addressCheck: addressMistake).makeDevice()
      } catch {
        let comment: Comment = "seed \(generator.seed), \(String(decoding: text, as: UTF8.self))"
        #expect(!error.mistakes.isEmpty, comment)
        for mistake in error.mistakes {
          #expect(mistake.position.line >= 1 && mistake.position.column >= 1, comment)
          #expect(!mistake.description.contains { $0.isNewline }, comment)
        }
      }
    }
  }
}
