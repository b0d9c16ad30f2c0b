// SPDX-License-Identifier: MIT

// Every way to be wrong has its one line: place, what is wrong, what was meant. The tables are in WrongFiles+….swift.

import ConformanceSupport
import DeviceDescription
import Testing

/// A file with one mistake.
struct WrongFile: Sendable, CustomTestStringConvertible {
  let text: String
  /// `LINE:COLUMN: what is wrong; what was meant`.
  let mistake: String

  init(_ text: String, _ mistake: String) {
    self.text = text
    self.mistake = mistake
  }

  var testDescription: String { mistake }
}

/// A board that takes any address without blanks.
func addressMistake(_ role: ChannelRole, _ address: String) -> String? {
  address.contains(" ") ? "\"\(address)\" is not a line; write GPIO26, 26 or gpiochip0:26" : nil
}

func description(_ text: String) throws(DescriptionMistakes) -> DeviceDescription {
  try DeviceDescription(bytes(text), file: "f.yaml", addressCheck: addressMistake)
}

/// The lines that a wrong file gives.
func mistakes(_ text: String) -> [String] {
  do {
    _ = try description(text)
    return []
  } catch { return error.mistakes.map(\.description) }
}

@Suite struct WrongFileTests {
  @Test(arguments: WrongFile.parts) func aWrongPartIsOneLine(_ file: WrongFile) {
    #expect(mistakes(file.text) == ["f.yaml:" + file.mistake])
  }

  @Test(arguments: WrongFile.values) func aWrongValueIsOneLine(_ file: WrongFile) {
    #expect(mistakes(file.text) == ["f.yaml:" + file.mistake])
  }

  @Test(arguments: WrongFile.yaml) func whatIsNoYAMLIsOneLine(_ file: WrongFile) {
    #expect(mistakes(file.text) == ["f.yaml:" + file.mistake])
  }

  @Test func allMistakesAreToldInTheOrderOfTheFile() {
    let text = """
      prot: 8080
      parts:
        lamp: {switch: GPIO26, restore: always-of, of_after: 30 min}
        wall: {button: GPIO26, click: [toggle lamb, toggle lamp]}
        fan: {relay: GPIO27}
        desk: {light: pwm0:1, group: 0123456789012345678901234567890123456789012345678901234567890123456789}
      """
    #expect(
      mistakes(text) == [
        #"f.yaml:1:1: unknown setting "prot"; did you mean "port"?"#,
        #"f.yaml:3:35: "always-of" is not a value of "restore"; did you mean "always-off"?"#,
        #"f.yaml:3:46: unknown key "of_after"; did you mean "off_after"?"#,
        #"f.yaml:4:18: "GPIO26" is used twice: for "wall" here and for "lamp" at 3:18"#,
        #"f.yaml:4:41: there is no part called "lamb"; did you mean "lamp"?"#,
        #"f.yaml:5:9: "relay" is not a kind of part; did you mean "switch"?"#,
        #"f.yaml:6:32: "group" has at most 64 bytes; this one has 70"#,
      ])
  }

  @Test func aPartWithAMistakeIsStillThereForOthers() {
    let text = """
      parts:
        lamp: {swich: GPIO26}
        wall: {button: GPIO22, click: toggle lamp}
        up: {switch: GPIO5, interlock: lamp}
      """
    #expect(mistakes(text) == [#"f.yaml:2:10: "swich" is not a kind of part; did you mean "switch"?"#])
  }

  @Test func aKeyThatStandsThriceIsToldTwice() {
    let text = "parts: {lamp: {switch: 1}, lamp: {switch: 2}, 'lamp': {switch: 3}}"
    #expect(
      mistakes(text) == [
        #"f.yaml:1:28: "lamp" appears here for the second time; the first is at 1:9"#,
        #"f.yaml:1:47: "lamp" appears here for the second time; the first is at 1:28"#,
      ])
  }

  @Test func aMistakeIsOneLineWhateverIsInTheFile() {
    let text = "parts:\n  lamp: {switch: GPIO26, restore: \"a\\nb\\e[2J\"}\n"
    let lines = mistakes(text)
    #expect(lines.count == 1)
    #expect(lines.allSatisfy { !$0.contains { $0.isNewline } && !$0.contains("\u{1B}") })
  }

  @Test func whatIsQuotedOfALongValueIsItsBeginning() {
    let long = String(repeating: "x", count: 100_000)
    let files = [
      "parts: {lamp: {switch: 1, restore: \(long)}}", "parts: {lamp: {switch: 1, \(long): 2}}", "\(long): 1\nparts: {a: {switch: 1}}",
      "parts: {\(long): {switch: 1}}", "parts: {lamp: {switch: a \(long)}}", "parts: {b: {button: 1, click: \(long)}}",
      "parts: {b: {button: 1, click: 'toggle \(long)'}}", "parts: {lamp: {\(long): 1}}", "parts: {lamp: \(long)}",
      "parts: {b: {button: 1, debounce: \(long)}}", "parts: {lamp: {switch: 1, restore: !\(long) 1}}",
      "parts: {lamp: {switch: 1, interlock: \(long)}}", "parts: {lamp: {switch: 1}, \(long): &\(long) {switch: 1}}",
      "parts: {lamp: {switch: 1, restore: '\(String(repeating: "\"", count: 10_000))'}}",
    ]
    for file in files {
      let found = mistakes(file)
      #expect(!found.isEmpty && found.allSatisfy { $0.count <= 520 }, "\(file.prefix(60))")
    }
    let value = String(repeating: "x", count: 59) + "…"
    #expect(mistakes(files[0]) == [
      #"f.yaml:1:36: "\#(value)" is not a value of "restore"; known: always-off, always-on, restore-default-off, "#
        + "restore-default-on"
    ])
  }

  @Test func oneLineInTwoWordsIsUsedTwice() {
    let text = "chip: B\nparts:\n  a: {switch: A1}\n  b: {switch: 'B:1'}\n  c: {switch: 1}\n"
    func mistakes(_ identity: (ChannelRole, String, String?) -> String) -> [String] {
      do {
        _ = try DeviceDescription(bytes(text), file: "f.yaml", addressIdentity: identity)
        return []
      } catch { return error.mistakes.map(\.description) }
    }
    #expect(mistakes { _, address, _ in address } == [])
    #expect(
      mistakes { _, address, chip in address == "1" ? "\(chip ?? ""):1" : address } == [
        #"f.yaml:5:15: "1" is used twice: for "c" here and, as "B:1", for "b" at 4:15"#
      ])
  }

  @Test func theFileIsNamedAsItWasAskedFor() {
    #expect(throws: DescriptionMistakes.self) { try DeviceDescription(bytes("parts:"), file: "rooms/kitchen.yaml") }
    do {
      _ = try DeviceDescription(bytes("x: 1"), file: "rooms/kitchen.yaml")
    } catch { #expect(error.description.hasPrefix("rooms/kitchen.yaml:1:1: ")) }
  }
}
