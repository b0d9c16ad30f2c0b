// SPDX-License-Identifier: MIT

// What a part is wired to, as its description says: an address, whose syntax only the board knows, and what the
// board needs to know to use it.

public import Timebase

/// What a channel is for; a board takes other addresses for each.
public enum ChannelRole: String, CaseIterable, Sendable {
  /// The output of a switch.
  case `switch`
  /// An output of a light.
  case light
  /// The input of a button.
  case button
  /// The input of a contact.
  case contact
  /// The input of a sensor.
  case sensor
  /// The output that shows the heartbeat.
  case statusLED = "status LED"

  /// Whether it is driven, rather than read.
  public var isOutput: Bool {
    switch self {
    case .switch, .light, .statusLED: true
    case .button, .contact, .sensor: false
    }
  }
}

/// A color of a light.
public enum LightColor: String, CaseIterable, Sendable { case red, green, blue, white }

/// One output or input of a device.
public struct Channel: Equatable, Sendable {
  /// The name of its part; empty for the status LED.
  public let part: String
  /// What it is for.
  public let role: ChannelRole
  /// Where it is, in the words of the board: `GPIO26`, `pwm0:1`, `w1:28-0000075b1c2d`.
  public let address: String
  /// Where that is in the file.
  public let position: TextPosition
  /// Whether the low level means on, or pressed.
  public let isActiveLow: Bool
  /// What pulls the line of a button or contact.
  public let pull: Pull
  /// The kernel's debounce time for the line of a button or contact; 0 for none.
  public let kernelDebounce: Milliseconds
  /// How often a sensor is read; nil: the board decides.
  public let interval: Milliseconds?
  /// Which color of a light with three or four channels; nil for any other.
  public let color: LightColor?
  /// How many channels of the light share this address: 3 or 4 for a color LED with a single address, else 1.
  public let sharing: Int

  /// A channel.
  public init(
    part: String, role: ChannelRole, address: String, position: TextPosition = .start, isActiveLow: Bool = false,
    pull: Pull = .asIs, kernelDebounce: Milliseconds = 0, interval: Milliseconds? = nil, color: LightColor? = nil,
    sharing: Int = 1
  ) {
    self.part = part
    self.role = role
    self.address = address
    self.position = position
    self.isActiveLow = isActiveLow
    self.pull = pull
    self.kernelDebounce = kernelDebounce
    self.interval = interval
    self.color = color
    self.sharing = sharing
  }
}
