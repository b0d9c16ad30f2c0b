// SPDX-License-Identifier: MIT

// What people read: the table of lines, and each thing that can go wrong.

import Testing

@testable import LinuxBoard

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
      ], links: ["gpiochip4"])
    table.add(channel: "pwm0:0 to pwm0:1", "PWM")
    table.add(channel: "led:ACT", "LED")
    #expect(
      table.lines == [
        "CHIP       LABEL            LINE  NAME    USE                 BY",
        "gpiochip0  pinctrl-bcm2711  2     SDA1    free, input",
        "gpiochip0  pinctrl-bcm2711  22    GPIO22  input, pull-up      heliograph",
        "gpiochip0  pinctrl-bcm2711  42            output, active low  led0",
        "gpiochip4 is another name of gpiochip0.",
        "",
        "CHANNEL           WHAT IT IS",
        "pwm0:0 to pwm0:1  PWM",
        "led:ACT           LED",
      ])
    #expect(table.count == 3)
    #expect(PinTable().lines.isEmpty)
  }

  static let errors: [(BoardError, String)] = [
    (.noSuchChip(name: "gpiochip9", available: []), "there is no gpiochip9, nor any other GPIO chip on this machine"),
    (
      .noSuchChip(name: "gpiochip9", available: [chip]),
      "there is no gpiochip9; available: gpiochip0 (pinctrl-bcm2711, 58 lines)"
    ),
    (
      .permissionDenied(name: "gpiochip0", group: "gpio"),
      "no permission to open /dev/gpiochip0: join the group gpio (sudo usermod -aG gpio $USER, then log in again)"
    ),
    (.noSuchLine(offset: 99, chip: chip), "there is no line 99 on gpiochip0, which has 58 lines, numbered from 0"),
    (.unknownName("X", chip: nil), "no line is called X; heliograph pins lists the lines"),
    (.unknownName("X", chip: "gpiochip1"), "no line of gpiochip1 is called X; heliograph pins lists the lines"),
    (
      .ambiguousName("X", places: ["gpiochip0:3", "gpiochip1:5"]),
      "2 lines are called X: choose one of gpiochip0:3, gpiochip1:5"
    ),
    (
      .busy(line: "26 (GPIO26)", chip: "gpiochip0", consumer: "led0"),
      "line 26 (GPIO26) of gpiochip0 is in use by led0: free it, or choose another line (heliograph pins)"
    ),
    (.kernelTooOld(release: "4.19.0"), "Linux 5.10 or newer is needed for GPIO; this is 4.19.0"),
    (.gone("gpiochip0"), "gpiochip0 is gone"),
    (.meantForLED("ACT"), "no line is called ACT; for the LED of that name write led:ACT"),
    (
      .ambiguousChip(label: "pcf8574", names: ["gpiochip2", "gpiochip3"]),
      "2 chips are called pcf8574: choose one of gpiochip2, gpiochip3"
    ),
    (.sameOutput("pwm0:1"), "pwm0:1 is used twice: choose another output for one of the parts"),
    (.noSuchPWM(name: "pwm0:4", available: ["pwm0:0 to pwm0:3"]), "there is no pwm0:4; available: pwm0:0 to pwm0:3"),
    (
      .noSuchPWM(name: "pwm0:4", available: []),
      "there is no pwm0:4; this machine has no PWM channels (a Raspberry Pi has some with dtoverlay=pwm-2chan)"
    ),
    (
      .pwmBusy(name: "pwm0:1"),
      "pwm0:1 is in use by the kernel or another program: free it, or choose another channel"
    ),
    (
      .cannotDrivePWM(name: "pwm0:1", file: "period", code: 13),
      "cannot drive pwm0:1: period: Permission denied (its files must be writable; see packaging/)"
    ),
    (
      .cannotDrivePWM(name: "pwm0:1", file: "period", code: 22), "cannot drive pwm0:1: period: Invalid argument"
    ),
    (
      .noSuchLED(name: "ACT", available: ["PWR", "mmc0"]),
      "there is no LED ACT in /sys/class/leds; available: PWR, mmc0"
    ),
    (.noSuchLED(name: "ACT", available: []), "there is no LED ACT, nor any other, in /sys/class/leds"),
    (.noSuchColor("cyan", led: "rgb", available: ["red", "green"]), "the LED rgb has no cyan; it has red, green"),
    (.noSuchColor("red", led: "ACT", available: []), "the LED ACT has no red; it has one color"),
    (.noSuchSensor(name: "w1:28-1", available: []), "there is no w1:28-1, nor any other sensor of its kind"),
    (
      .noSuchSensor(name: "w1:28-1", available: (2...10).map { "w1:28-\($0)" }),
      "there is no w1:28-1; available: w1:28-2, w1:28-3, w1:28-4, w1:28-5, w1:28-6, w1:28-7, w1:28-8, w1:28-9"
        + " and 1 more (heliograph pins)"
    ),
    (.noSuchSensor(name: "w1:28-1", available: ["w1:28-2"]), "there is no w1:28-1; available: w1:28-2"),
    (
      .ambiguousSensor(name: "hwmon:lm75:temp1", places: ["hwmon0", "hwmon3"]),
      "2 sensors are called hwmon:lm75:temp1: choose one of hwmon0, hwmon3"
    ),
    (
      .cannotReadSensor(name: "w1:28-1", file: "temperature", code: 5),
      "cannot read w1:28-1: temperature: Input/output error"
    ),
    (.notANumber(name: "file:/run/x", file: "/run/x"), "cannot read file:/run/x: /run/x has no number in it"),
    (.noAnswer(name: "w1:28-1", seconds: 30), "w1:28-1 has not answered for 30 seconds"),
  ]

  @Test func whatGoesWrongIsOneLineWithWhatToDo() {
    for (error, words) in Self.errors { #expect(error.description == words) }
  }

  @Test func whoeverHoldsTheLineIsUsOnlyByOurName() {
    #expect(BoardError.busy(line: "1", chip: "gpiochip0", consumer: "heliograph").isBusyWithUs)
    #expect(!BoardError.busy(line: "1", chip: "gpiochip0", consumer: "led0").isBusyWithUs)
    #expect(!BoardError.gone("gpiochip0").isBusyWithUs)
  }
}
