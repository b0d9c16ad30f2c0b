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

  @Test func theFileIsNamedAsItWasAskedFor() {
    #expect(throws: DescriptionMistakes.self) { try DeviceDescription(bytes("parts:"), file: "rooms/kitchen.yaml") }
    do {
      _ = try DeviceDescription(bytes("x: 1"), file: "rooms/kitchen.yaml")
    } catch { #expect(error.description.hasPrefix("rooms/kitchen.yaml:1:1: ")) }
  }
}
