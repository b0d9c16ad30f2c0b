// SPDX-License-Identifier: MIT

// The line between a device and its board. Inputs and outputs are numbers, given by the device's description; readings
// go in with the time at which they happened, as bytes do, and levels for the outputs come out. Polarity is the board's
// business: a device knows active and inactive, never high and low.

public import Bytes
public import Timebase

/// What an input showed.
public enum Reading: Equatable, Sendable {
  /// A digital input at rest: a button that is up, a contact that is open.
  case inactive
  /// A digital input that is not at rest.
  case active
  /// A measured value, before the sensor's `scale` and `offset`.
  case value(Decimal)
}

/// The level of an output from now on.
public struct Drive: Equatable, Sendable {
  /// The output's number, 0 to 4095.
  public let output: Int
  /// From 0, off, to 65,535, fully on. An output that knows only on and off is on for anything but 0.
  public let level: UInt16

  /// An output and its level.
  public init(output: Int, level: UInt16) {
    self.output = output
    self.level = level
  }
}

/// What the parts of a device are wired to.
public protocol Board {
  /// Tells `device` what has happened on the inputs since the last call, and which inputs and outputs are out of order.
  ///
  /// Returns when it wants to be called again at the latest; nil if that is when something happens.
  mutating func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime?

  /// Whether everything that has happened on the inputs so far was reported: while it was not, nothing that depends on
  /// time is decided.
  var isCaughtUp: Bool { get }

  /// Brings an output to a level before it returns, and keeps it there until the next call.
  ///
  /// What goes wrong is reported by the next `report(to:now:)`.
  mutating func drive(_ drive: Drive)
}

extension Board {
  /// A board that looks at its inputs in `report(to:now:)` is never behind.
  public var isCaughtUp: Bool { true }
}
