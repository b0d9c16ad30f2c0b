// SPDX-License-Identifier: MIT

// What can be wrong with the address of a channel, each in one line that says how to write it.

/// Why a text does not name a channel; each case has the text.
public enum AddressError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no text.
  case empty
  /// It ends where the line should be.
  case noLine(String)
  /// The number of the line has more than 32 bits.
  case lineTooLarge(String)
  /// It names a PWM chip, but no channel of it.
  case noPWMChannel(String, chip: UInt32)
  /// No LED can have that name.
  case noLED(String)
  /// It names a device with sensors, but none of them.
  case noSensorChannel(String)
  /// No device on a 1-Wire bus can have that number.
  case no1WireDevice(String)
  /// No thermal zone can have that name.
  case noThermalZone(String)
  /// It does not name a file.
  case noPath(String)
  /// It is a sensor, where an output is needed.
  case notAnOutput(String)
  /// It is an output, where an input is needed.
  case notAnInput(String)

  /// One line without an end of line.
  public var description: String {
    switch self {
    case .empty: "a line is missing: write its number or its name, such as 26, GPIO26 or gpiochip1:5"
    case .noLine(let text): "'\(text)' ends where the line should be: write its number or name, such as gpiochip1:5"
    case .lineTooLarge(let text): "'\(text)' is larger than any line number: heliograph pins lists the lines"
    case .noPWMChannel(let text, let chip):
      "'\(text)' does not name a PWM channel: write chip and channel, such as pwm\(chip):0"
    case .noLED(let text):
      "'\(text)' does not name an LED: write a folder of /sys/class/leds, such as led:ACT, or one color of it, such as"
        + " led:rgb:status/red"
    case .noSensorChannel(let text):
      "'\(text)' does not name a sensor: write device and channel, such as iio:bmp280:temp or hwmon:lm75:temp1"
    case .no1WireDevice(let text):
      "'\(text)' does not name a 1-Wire sensor: write a folder of /sys/bus/w1/devices, such as w1:28-0000075b1c2d"
    case .noThermalZone(let text):
      "'\(text)' does not name a thermal zone: write its type or number, such as thermal:cpu-thermal or thermal0"
    case .noPath(let text): "'\(text)' does not name a file: write its path, such as file:/run/power"
    case .notAnOutput(let text): "'\(text)' is a sensor, which cannot be driven: write a line, a PWM channel or an LED"
    case .notAnInput(let text): "'\(text)' is an output, which cannot be read: write a line or a sensor"
    }
  }
}
