// SPDX-License-Identifier: MIT

// What is known of chips and lines, as values.

/// A GPIO chip.
public struct ChipInfo: Equatable, Sendable {
  /// Its name among the devices, such as `gpiochip0`; another one after a restart is possible.
  public let name: String
  /// What the driver calls it, such as `pinctrl-bcm2711`.
  public let label: String
  /// How many lines it has; offsets begin at 0.
  public let lineCount: UInt32
}

/// A line of a chip.
public struct LineInfo: Equatable, Sendable {
  /// Its number on the chip, from 0.
  public let offset: UInt32
  /// Its name, such as `GPIO26`; empty if the board's description gives none.
  public let name: String
  /// What uses it, if anything does; may be empty even then.
  public let consumer: String
  /// How it is used.
  public let flags: LineFlags

  /// Its number, and its name if it has one: `26 (GPIO26)`.
  var words: String { name.isEmpty ? "\(offset)" : "\(offset) (\(name))" }
}

/// How a line is used, or is to be used: the bits of the kernel's `gpio_v2_line_flag`.
public struct LineFlags: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt64

  /// Flags of these bits.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The kernel or a program has it.
  public static let used = LineFlags(rawValue: 1 << 0)
  /// The line counts as active when its voltage is low.
  public static let activeLow = LineFlags(rawValue: 1 << 1)
  /// The line is an input.
  public static let input = LineFlags(rawValue: 1 << 2)
  /// The line is an output.
  public static let output = LineFlags(rawValue: 1 << 3)
  /// Changes from inactive to active are reported.
  public static let risingEdge = LineFlags(rawValue: 1 << 4)
  /// Changes from active to inactive are reported.
  public static let fallingEdge = LineFlags(rawValue: 1 << 5)
  /// The output only pulls low; high is left to a resistor.
  public static let openDrain = LineFlags(rawValue: 1 << 6)
  /// The output only pulls high; low is left to a resistor.
  public static let openSource = LineFlags(rawValue: 1 << 7)
  /// The chip's own resistor pulls the line high.
  public static let pullUp = LineFlags(rawValue: 1 << 8)
  /// The chip's own resistor pulls the line low.
  public static let pullDown = LineFlags(rawValue: 1 << 9)
  /// The chip's own resistors are off.
  public static let biasDisabled = LineFlags(rawValue: 1 << 10)
}
