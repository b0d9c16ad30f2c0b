// SPDX-License-Identifier: MIT

// What people read: the table of lines, and each thing that can go wrong.

import Testing

@testable import LinuxGPIO

@Suite struct WordsTests {
  static let chip = ChipInfo(name: "gpiochip0", label: "pinctrl-bcm2711", lineCount: 58)

  @Test func theTableLinesUp() {
    var table = PinTable()
    table.add(
      Self.chip,
      [
        LineInfo(offset: 2, name: "SDA1", consumer: "", flags: .input),
        LineInfo(offset: 22, name: "GPIO22", consumer: "heliograph", flags: [.used, .input, .pullUp]),
        LineInfo(offset: 42, name: "", consumer: "led0", flags: [.used, .output, .activeLow]),
      ])
    #expect(
      table.lines == [
        "CHIP       LINE  NAME    USE                 BY",
        "gpiochip0  2     SDA1    free, input",
        "gpiochip0  22    GPIO22  input, pull-up      heliograph",
        "gpiochip0  42            output, active low  led0",
      ])
    #expect(table.count == 3)
  }

  static let errors: [(GPIOError, String)] = [
    (.noSuchChip(name: "gpiochip9", available: []), "there is no gpiochip9, nor any other GPIO chip on this machine"),
    (
      .noSuchChip(name: "gpiochip9", available: [chip]),
      "there is no gpiochip9; there is gpiochip0 (pinctrl-bcm2711, 58 lines)"
    ),
    (
      .permissionDenied(name: "gpiochip0", group: "gpio"),
      "no permission to use /dev/gpiochip0: join the group gpio (sudo usermod -aG gpio $USER, then log in again)"
    ),
    (.noSuchLine(offset: 99, chip: chip), "there is no line 99 on gpiochip0, which has 58 lines from 0 on"),
    (.unknownName("X", chip: nil), "no line is called X; heliograph pins lists those that there are"),
    (.unknownName("X", chip: "gpiochip1"), "no line of gpiochip1 is called X; heliograph pins lists those that there are"),
    (
      .ambiguousName("X", places: ["gpiochip0:3", "gpiochip1:5"]),
      "2 lines are called X: choose one of gpiochip0:3, gpiochip1:5"
    ),
    (
      .busy(line: "26 (GPIO26)", chip: "gpiochip0", consumer: "led0"),
      "line 26 (GPIO26) of gpiochip0 is in use by led0: end that, or choose another line (heliograph pins)"
    ),
    (.kernelTooOld(release: "4.19.0"), "Linux 5.10 or newer is needed for GPIO; this is 4.19.0"),
    (.gone(chip: "gpiochip0"), "gpiochip0 is gone"),
    (
      .neitherLEDNorLine("ACT", available: ["PWR", "mmc0"]),
      "ACT is neither an LED in /sys/class/leds (there is PWR, mmc0) nor a line; heliograph pins lists the lines"
    ),
    (
      .neitherLEDNorLine("ACT", available: []),
      "ACT is neither an LED in /sys/class/leds (there is none) nor a line; heliograph pins lists the lines"
    ),
  ]

  @Test func whatGoesWrongIsOneLineWithWhatToDo() {
    for (error, words) in Self.errors { #expect(error.description == words) }
  }

  @Test func whoeverHoldsTheLineIsUsOnlyByOurName() {
    #expect(GPIOError.busy(line: "1", chip: "gpiochip0", consumer: "heliograph").isBusyWithUs)
    #expect(!GPIOError.busy(line: "1", chip: "gpiochip0", consumer: "led0").isBusyWithUs)
    #expect(!GPIOError.gone(chip: "gpiochip0").isBusyWithUs)
  }
}
