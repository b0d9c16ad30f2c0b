// SPDX-License-Identifier: MIT

// From a description's channels to those of this machine: addresses are understood only here, so that a description can
// be read without knowing any board.

import DeviceDescription
import LinuxBoard
import Timebase

extension LinuxWiring {
  /// The channels of a description; `chip` is the chip of lines that are given by number alone.
  init(_ channels: DeviceChannels, chip: String) throws(AddressError) {
    self.init(defaultChip: chip)
    for channel in channels.outputs { outputs.append(try Output(channel, keepsHeldLevel: channels.keeps(channel))) }
    for channel in channels.inputs { inputs.append(try Input(channel)) }
  }

  /// What is wrong with an address as a description has it; nil if it can be right.
  static func mistake(in address: String, for role: ChannelRole) -> String? {
    do throws(AddressError) {
      if role.isOutput {
        return mistake(try OutputAddress(address, for: role), address, for: role)
      } else {
        return mistake(try InputAddress(address), address, for: role)
      }
    } catch {
      return error.description
    }
  }

  /// What is the same for two addresses that surely mean one channel; `chip` is that of lines which are given by number
  /// alone.
  static func identity(of address: String, for role: ChannelRole, chip: String) -> String {
    if role.isOutput {
      switch try? OutputAddress(address, for: role) {
      case .line(let line)?: line.completed(defaultChip: chip).description
      case let output: output?.description ?? address
      }
    } else {
      switch try? InputAddress(address) {
      case .line(let line)?: line.completed(defaultChip: chip).description
      case let input: input?.description ?? address
      }
    }
  }

  private static func mistake(_ output: OutputAddress, _ text: String, for role: ChannelRole) -> String? {
    guard role == .light, case .line = output else { return nil }
    return "'\(text)' is a line, which is on or off: a light needs a PWM channel (pwm0:1) or an LED (led:NAME);"
      + " for on and off, use a switch"
  }

  private static func mistake(_ input: InputAddress, _ text: String, for role: ChannelRole) -> String? {
    switch (input, role) {
    case (.line, .sensor):
      "'\(text)' is a line, which has no value: a sensor is iio:, hwmon:, w1:, thermal: or file:; a line that is on or"
        + " off is a contact"
    case (.sensor, .button), (.sensor, .contact):
      "'\(text)' is a sensor, which has no edges: write a line, such as GPIO22"
    default: nil
    }
  }
}

extension OutputAddress {
  /// A status LED may be given by its name alone.
  fileprivate init(_ text: String, for role: ChannelRole) throws(AddressError) {
    self = role == .statusLED ? try OutputAddress(statusLED: text) : try OutputAddress(text)
  }
}

extension LinuxWiring.Output {
  fileprivate init(_ channel: Channel, keepsHeldLevel: Bool) throws(AddressError) {
    var address = try OutputAddress(channel.address, for: channel.role)
    if channel.sharing > 1, case .led(let name, nil) = address {
      address = .led(name: name, color: channel.color?.rawValue)
    }
    self.init(address, isActiveLow: channel.isActiveLow, keepsHeldLevel: keepsHeldLevel)
  }
}

extension LinuxWiring.Input {
  fileprivate init(_ channel: Channel) throws(AddressError) {
    self.init(
      try InputAddress(channel.address), isActiveLow: channel.isActiveLow, bias: Bias(channel.pull),
      kernelDebounce: channel.kernelDebounce, every: channel.interval ?? Self.defaultPeriod)
  }
}

extension Bias {
  fileprivate init(_ pull: Pull) {
    self =
      switch pull {
      case .up: .pullUp
      case .down: .pullDown
      case .none: .disabled
      case .asIs: .asIs
      }
  }
}
