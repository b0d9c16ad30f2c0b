// SPDX-License-Identifier: MIT

// What an output drives, as people write it. Nothing here asks the kernel, so a description can be checked on any
// machine.

/// What can be driven: a GPIO line, a PWM channel, or an LED that the kernel has.
public enum OutputAddress: Hashable, Sendable {
  /// A line: `26`, `GPIO26`, `gpiochip1:5`, `pinctrl-rp1:26`.
  case line(LineAddress)
  /// A channel of a chip in `/sys/class/pwm`, both counted from 0: `pwm0:1` is channel 1 of `pwmchip0`.
  case pwm(chip: UInt32, channel: UInt32)
  /// An LED in `/sys/class/leds`, as a whole if `color` is nil: `led:ACT`, `led:rgb:status/red`.
  case led(name: String, color: String?)

  /// Understands `text`.
  ///
  /// - Throws: What the text lacks, or that it means a sensor.
  public init(_ text: String) throws(AddressError) {
    if text.hasPrefix("led:") {
      self = try Self.led(text)
    } else if let pwm = try Self.pwm(text) {
      self = pwm
    } else if SensorSource.isMeant(by: text) {
      throw .notAnOutput(text)
    } else {
      self = .line(try LineAddress(text))
    }
  }

  private static func led(_ text: String) throws(AddressError) -> OutputAddress {
    let words = text.dropFirst(4).split(separator: "/", omittingEmptySubsequences: false)
    guard words.count <= 2, words.allSatisfy(SensorSource.isFileName) else { throw .noLED(text) }
    return .led(name: String(words[0]), color: words.count == 2 ? String(words[1]) : nil)
  }

  /// Nil if the text is not about PWM; a line may well be called `pwm_fan`.
  private static func pwm(_ text: String) throws(AddressError) -> OutputAddress? {
    guard text.hasPrefix("pwm") else { return nil }
    let words = text.dropFirst(text.hasPrefix("pwmchip") ? 7 : 3).split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let chip = channelNumber(words[0]) else { return nil }
    guard words.count == 2, let channel = channelNumber(words[1]) else { throw .noPWMChannel(text, chip: chip) }
    return .pwm(chip: chip, channel: channel)
  }
}

extension OutputAddress: CustomStringConvertible {
  /// As it would be written.
  public var description: String {
    switch self {
    case .line(let line): line.description
    case .pwm(let chip, let channel): "pwm\(chip):\(channel)"
    case .led(let name, let color): "led:\(name)" + (color.map { "/\($0)" } ?? "")
    }
  }
}
