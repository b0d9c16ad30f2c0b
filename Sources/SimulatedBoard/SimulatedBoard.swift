// SPDX-License-Identifier: MIT

// A board made of memory: two LEDs to look at and a button to press, for a terminal or a test.
// Rule: it is owned by one thread, reads no clock and does nothing by itself. A press is a level on a wire,
// as on a real board, so it goes through the same debouncing; it lasts long enough that even a host that is
// late sees it.

public import DeviceComponents
public import Timebase

/// A board whose button is pressed by calls and whose LEDs are looked at.
///
/// Hand `statusLed`, `led` and `button` to components. After each of `press()`, `release()` and `tap()`, and
/// at the deadline that `poll(now:)` returned, call `poll(now:)` and then let the components read their pins.
public final class SimulatedBoard {
  /// How long each level of the button lasts before `poll(now:)` may change it again: twice this.
  ///
  /// Twice, because a poll carries out at most one step: however late the polls come, each level is there for
  /// two of them that lie at least one step apart, which is more than the button's debounce time.
  static let step: Milliseconds = 25

  private let statusLedWire: Wire
  private let ledWire: Wire
  private let buttonWire: Wire

  private var pendingEdges = 0
  private var stepsToRest = 0
  private var nextStep = MonotonicTime.zero

  /// A board whose LEDs are dark and whose button is up.
  ///
  /// The active levels are those that light the LEDs and that the pressed button gives; tell the components
  /// the same.
  public init(ledActiveLevel: Level = .high, buttonActiveLevel: Level = .low) {
    statusLedWire = Wire(activeLevel: ledActiveLevel)
    ledWire = Wire(activeLevel: ledActiveLevel)
    buttonWire = Wire(activeLevel: buttonActiveLevel)
  }

  /// The pin of the status LED, which shows the heartbeat.
  public var statusLed: SimulatedOutputPin { SimulatedOutputPin(wire: statusLedWire) }

  /// The pin of the LED that is remotely controlled.
  public var led: SimulatedOutputPin { SimulatedOutputPin(wire: ledWire) }

  /// The pin of the push button.
  public var button: SimulatedInputPin { SimulatedInputPin(wire: buttonWire) }

  /// What there is to see on the board at this moment.
  public var state: BoardState {
    BoardState(
      isStatusLedLit: statusLedWire.isActive, isLedLit: ledWire.isActive, isButtonDown: buttonWire.isActive)
  }

  /// Pushes the button down and keeps it there; nothing happens if it already is, or is about to be.
  public func press() {
    if !isDownInTheEnd { pendingEdges += 1 }
  }

  /// Lets the button go; nothing happens if it already is up, or is about to be.
  public func release() {
    if isDownInTheEnd { pendingEdges += 1 }
  }

  /// Presses the button for 50 ms and lets it go, after all that was asked for before; taps are never merged.
  ///
  /// A button that is held down is let go.
  public func tap() {
    press()
    release()
  }

  /// Carries out what is due, and returns when to call again; `nil` when there is nothing left to do.
  public func poll(now: MonotonicTime) -> MonotonicTime? {
    guard now >= nextStep else { return nextStep }
    if stepsToRest > 0 { stepsToRest -= 1 }
    if stepsToRest == 0 {
      guard pendingEdges > 0 else { return nil }
      buttonWire.level = buttonWire.level.inverted
      pendingEdges -= 1
      stepsToRest = 2
    }
    nextStep = now + Self.step
    return nextStep
  }

  /// Whether the button will be down when all pending edges are done: each one turns it over.
  private var isDownInTheEnd: Bool {
    buttonWire.isActive != (pendingEdges % 2 == 1)
  }
}

/// What an onlooker sees of a board.
public struct BoardState: Equatable, Sendable {
  /// Whether the status LED, which shows the heartbeat, is lit.
  public var isStatusLedLit: Bool

  /// Whether the LED is lit.
  public var isLedLit: Bool

  /// Whether the button is down.
  public var isButtonDown: Bool

  /// A state; without arguments that of a board nobody has touched.
  public init(isStatusLedLit: Bool = false, isLedLit: Bool = false, isButtonDown: Bool = false) {
    self.isStatusLedLit = isStatusLedLit
    self.isLedLit = isLedLit
    self.isButtonDown = isButtonDown
  }
}

/// An output pin of a simulated board.
public struct SimulatedOutputPin: OutputPin, ~Copyable {
  let wire: Wire

  public mutating func write(_ level: Level) { wire.level = level }
}

/// An input pin of a simulated board.
public struct SimulatedInputPin: InputPin, ~Copyable {
  let wire: Wire

  public mutating func read() -> Level { wire.level }
}

/// The copper between a pin and what is soldered to it; at rest until somebody drives it.
final class Wire {
  let activeLevel: Level
  var level: Level
  var isActive: Bool { level == activeLevel }

  init(activeLevel: Level) {
    self.activeLevel = activeLevel
    level = activeLevel.inverted
  }
}
