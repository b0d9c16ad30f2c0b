// SPDX-License-Identifier: MIT

import Testing

@testable import LinuxBoard

@Suite struct ChannelAddressTests {
  static let outputs: [(String, OutputAddress)] = [
    ("pwm0:1", .pwm(chip: 0, channel: 1)), ("pwmchip2:0", .pwm(chip: 2, channel: 0)),
    ("led:ACT", .led(name: "ACT", color: nil)), ("led:white:status", .led(name: "white:status", color: nil)),
    ("led:rgb:status/red", .led(name: "rgb:status", color: "red")),
  ]

  @Test(arguments: outputs) func anOutputIsWhatPeopleWrite(_ text: String, _ address: OutputAddress) throws {
    #expect(try OutputAddress(text) == address)
    #expect(try OutputAddress(address.description) == address)
  }

  static let sensors: [(String, SensorSource)] = [
    ("iio:bmp280:temp", .iio(device: "bmp280", channel: "temp")),
    ("iio:device0:voltage0", .iio(device: "iio:device0", channel: "voltage0")),
    ("iio:iio:device0:voltage0", .iio(device: "iio:device0", channel: "voltage0")),
    ("hwmon:lm75:temp1", .hwmon(device: "lm75", channel: "temp1")),
    ("hwmon:hwmon3:in0", .hwmon(device: "hwmon3", channel: "in0")),
    ("w1:28-0000075b1c2d", .w1("28-0000075b1c2d")), ("thermal:cpu-thermal", .thermal("cpu-thermal")),
    ("thermal0", .thermal("thermal_zone0")), ("thermal_zone12", .thermal("thermal_zone12")),
    ("file:/run/power", .file("/run/power")), ("file:a:b", .file("a:b")),
  ]

  @Test(arguments: sensors) func aSensorIsWhatPeopleWrite(_ text: String, _ source: SensorSource) throws {
    #expect(try InputAddress(text) == .sensor(source))
    #expect(try InputAddress(source.description) == .sensor(source))
    #expect(throws: AddressError.notAnOutput(text)) { try OutputAddress(text) }
  }

  @Test(arguments: ["26", "GPIO26", "pinctrl-rp1:26", "pwm_fan", "PWM0", "led", "thermal", "thermal_alert", "iio"])
  func whatIsNothingElseIsALine(_ text: String) throws {
    #expect(try OutputAddress(text) == .line(LineAddress(text)))
    #expect(try InputAddress(text) == .line(LineAddress(text)))
  }

  static let mistakes: [(String, AddressError, AddressError)] = [
    ("", .empty, .empty), ("gpiochip0:", .noLine("gpiochip0:"), .noLine("gpiochip0:")),
    ("pwm0", .noPWMChannel("pwm0", chip: 0), .empty), ("pwm0:", .noPWMChannel("pwm0:", chip: 0), .noLine("pwm0:")),
    ("pwm3:x", .noPWMChannel("pwm3:x", chip: 3), .empty), ("led:", .noLED("led:"), .notAnInput("led:")),
    ("led:../mem", .noLED("led:../mem"), .notAnInput("led:../mem")), ("led:a/b/c", .noLED("led:a/b/c"), .empty),
    ("led:..", .noLED("led:.."), .notAnInput("led:..")), ("led:a/", .noLED("led:a/"), .notAnInput("led:a/")),
    ("iio:", .notAnOutput("iio:"), .noSensorChannel("iio:")),
    ("iio:temp", .notAnOutput("iio:temp"), .noSensorChannel("iio:temp")),
    ("hwmon:a/b:temp1", .notAnOutput("hwmon:a/b:temp1"), .noSensorChannel("hwmon:a/b:temp1")),
    ("hwmon:lm75:", .notAnOutput("hwmon:lm75:"), .noSensorChannel("hwmon:lm75:")),
    ("w1:", .notAnOutput("w1:"), .no1WireDevice("w1:")), ("w1:28", .notAnOutput("w1:28"), .no1WireDevice("w1:28")),
    ("w1:../28-0", .notAnOutput("w1:../28-0"), .no1WireDevice("w1:../28-0")),
    ("thermal:", .notAnOutput("thermal:"), .noThermalZone("thermal:")),
    ("thermal:a/b", .notAnOutput("thermal:a/b"), .noThermalZone("thermal:a/b")),
    ("file:", .notAnOutput("file:"), .noPath("file:")),
  ]

  /// What is wrong with a text as an output and as an input; `.empty` stands for anything.
  @Test(arguments: mistakes.indices) func aMistakeSaysHowItIsWritten(_ row: Int) {
    let (text, asOutput, asInput) = Self.mistakes[row]
    let output = #expect(throws: AddressError.self) { try OutputAddress(text) }
    #expect(output == asOutput)
    guard asInput != .empty || text.isEmpty else { return }
    let input = #expect(throws: AddressError.self) { try InputAddress(text) }
    #expect(input == asInput)
  }

  @Test func eachMistakeIsOneLineWithAnExample() {
    for (text, error, other) in Self.mistakes {
      for words in [error.description, other.description] {
        #expect(!words.contains("\n"))
        #expect(words.hasPrefix("'\(text)' ") || words.hasPrefix("a line is missing"))
      }
    }
  }
}
