// SPDX-License-Identifier: MIT

// An LED on an output pin: the seed's `Led`, with a polarity.
// Rule: the program changes `isOn` as it likes; the pin changes only in `update()`, once a loop (S5).

/// An LED that is on or off.
public struct Led<Pin: OutputPin & ~Copyable>: ~Copyable {
  /// Whether the LED is to be lit; the next `update()` makes it so.
  public var isOn: Bool

  private var pin: Pin
  private let activeLevel: Level
  private var written: Level?

  /// Takes over `pin`.
  ///
  /// `activeLevel` is the level that lights the LED: `.high` when it hangs between the pin and ground, `.low`
  /// when between the supply and the pin. The pin is left alone until the first `update()`.
  public init(_ pin: consuming Pin, activeLevel: Level = .high, isOn: Bool = false) {
    self.pin = pin
    self.activeLevel = activeLevel
    self.isOn = isOn
  }

  /// Turns the LED on if it is off, and off if it is on.
  public mutating func toggle() {
    isOn.toggle()
  }

  /// Brings the pin in line with `isOn`.
  ///
  /// The first call always writes, for nobody knows what the pin held before; after that only a change does.
  public mutating func update() {
    let level = isOn ? activeLevel : activeLevel.inverted
    guard level != written else { return }
    pin.write(level)
    written = level
  }
}

extension Led: Sendable where Pin: Sendable & ~Copyable {}
