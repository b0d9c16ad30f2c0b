// SPDX-License-Identifier: MIT

import Testing

@testable import LinuxBoard

@Suite struct LineAddressTests {
  struct Spelling: Sendable, CustomTestStringConvertible {
    let text: String
    let chip: String?
    let line: LineAddress.Line?
    var testDescription: String { "'\(text)'" }
  }

  static let spellings = [
    Spelling(text: "26", chip: nil, line: .offset(26)),
    Spelling(text: "0", chip: nil, line: .offset(0)),
    Spelling(text: "4294967295", chip: nil, line: .offset(.max)),
    Spelling(text: "GPIO26", chip: nil, line: .name("GPIO26")),
    Spelling(text: "gpiochip1:5", chip: "gpiochip1", line: .offset(5)),
    Spelling(text: "/dev/gpiochip1:5", chip: "gpiochip1", line: .offset(5)),
    Spelling(text: "gpiochip10:RELAY 2", chip: "gpiochip10", line: .name("RELAY 2")),
    Spelling(text: "1:5", chip: "gpiochip1", line: .offset(5)),
    Spelling(text: "pinctrl-rp1:26", chip: "pinctrl-rp1", line: .offset(26)),
    Spelling(text: "pinctrl-rp1:GPIO26", chip: "pinctrl-rp1", line: .name("GPIO26")),
    // The label of a chip may have a colon in it, as those of ACPI do.
    Spelling(text: "INT34C5:00:5", chip: "INT34C5:00", line: .offset(5)),
    // So may a name, as those of LEDs do: which it is turns out when there is no chip of that label.
    Spelling(text: "green:usr0", chip: "green", line: .name("usr0")),
    Spelling(text: "gpiochip1:green:usr0", chip: "gpiochip1", line: .name("green:usr0")),
    Spelling(text: ":5", chip: nil, line: .name(":5")),
    Spelling(text: "26a", chip: nil, line: .name("26a")),
    Spelling(text: "-1", chip: nil, line: .name("-1")),
    Spelling(text: "", chip: nil, line: nil),
    Spelling(text: "gpiochip0:", chip: nil, line: nil),
    Spelling(text: "pinctrl-rp1:", chip: nil, line: nil),
    Spelling(text: "4294967296", chip: nil, line: nil),
    Spelling(text: "99999999999999999999999999", chip: nil, line: nil),
    Spelling(text: "gpiochip0:4294967296", chip: nil, line: nil),
  ]

  @Test(arguments: spellings) func aLineIsWhatPeopleWrite(_ spelling: Spelling) {
    let address = try? LineAddress(spelling.text)
    #expect(address?.line == spelling.line)
    #expect(address?.chip == spelling.chip)
  }

  @Test(arguments: spellings) func whatIsWrittenIsUnderstoodAgain(_ spelling: Spelling) {
    guard let address = try? LineAddress(spelling.text) else { return }
    #expect(try! LineAddress(address.description) == address)
  }

  @Test(arguments: [
    ("1", "gpiochip0:1"), ("1", "0:01"), ("1", "/dev/gpiochip0:1"), ("gpiochip4:7", "4:007"), ("GPIO26", "GPIO26"),
  ]) func oneLineInTwoWordsIsFound(_ one: String, _ other: String) throws {
    let (one, other) = (try LineAddress(one), try LineAddress(other))
    #expect(one.completed(defaultChip: "gpiochip0") == other.completed(defaultChip: "gpiochip0"))
    #expect(one == other || one.completed(defaultChip: "gpiochip1") != other.completed(defaultChip: "gpiochip1"))
  }

  @Test(arguments: [
    ("gpiochip0", "gpiochip0"), ("/dev/gpiochip4", "gpiochip4"), ("4", "gpiochip4"), ("", nil), ("gpiochip", nil),
    ("foo", nil), ("gpiochip-1", nil), ("../gpiochip0", nil), ("gpiochip4294967296", nil),
  ]) func aChipIsKnownByItsNumber(_ text: String, _ name: String?) {
    #expect(LineAddress.chipName(text) == name)
  }
}
