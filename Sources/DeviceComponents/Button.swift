// SPDX-License-Identifier: MIT

// A push button on an input pin: the seed's `Button` (S8 to S16), which counts time where the seed counts
// loops.
// Rule: a new level counts once it has stood for more than `debounce` since its last edge; each such change
// is a press or a release, and is reported by exactly one read. None is lost: the seed drops a press that
// begins on the read after a release (S15), because one number holds both its state and its news; here they
// are apart.

public import Timebase

/// A debounced push button.
///
/// Call `read(now:)` once a loop, then ask. A host that sleeps between events reads at each edge of the pin
/// and at `nextDeadline`, in the order of time, and sees the same presses as one that reads every
/// millisecond.
public struct Button<Pin: InputPin & ~Copyable>: ~Copyable {
  /// Whether the button is down, bounces left out.
  ///
  /// A new button counts as up, so one that is held at start is pressed once, when it has settled (S16).
  public private(set) var isPressed = false

  /// Whether the latest read found that the button went down: true for one read per press, however long the
  /// hold.
  public private(set) var pressed = false

  /// Whether the latest read found that the button came up: true for one read per release.
  public private(set) var released = false

  private var pin: Pin
  private let activeLevel: Level
  private let debounce: Milliseconds
  private var level: Level
  private var lastEdge = MonotonicTime.zero
  private var lastRead = MonotonicTime.zero
  private var lastChange = MonotonicTime.zero

  /// Takes over `pin`.
  ///
  /// `activeLevel` is the level of the pin while the button is down: `.low` for a button to ground with a
  /// pull-up, as in the seed. A level that lasts no longer than `debounce` is taken for a bounce.
  public init(_ pin: consuming Pin, activeLevel: Level = .low, debounce: Milliseconds = 10) {
    self.pin = pin
    self.activeLevel = activeLevel
    self.debounce = debounce
    self.level = activeLevel.inverted
  }

  /// Looks at the pin; `pressed`, `released`, `isPressed` and `held(for:)` answer as of this call.
  public mutating func read(now: MonotonicTime) {
    let reading = pin.read()
    if reading != level {
      level = reading
      lastEdge = now
    }
    let hasChanged = isUnsettled && now - lastEdge > debounce
    if hasChanged {
      isPressed.toggle()
      lastChange = now
    }
    pressed = hasChanged && isPressed
    released = hasChanged && !isPressed
    lastRead = now
  }

  /// Whether the button has been down for more than `duration` since `pressed` was true.
  ///
  /// With no argument it is true from the read after the press until the release, like the seed's `held()`.
  public func held(for duration: Milliseconds = 0) -> Bool {
    isPressed && lastRead - lastChange > duration
  }

  /// When the button must be read again for a pending change to settle; `nil` when none is pending.
  ///
  /// The deadline moves with every edge, so ask again after each read.
  public var nextDeadline: MonotonicTime? {
    isUnsettled ? lastEdge + debounce + 1 : nil
  }

  /// Whether the pin last showed something else than the debounced state.
  private var isUnsettled: Bool {
    (level == activeLevel) != isPressed
  }
}

extension Button: Sendable where Pin: Sendable & ~Copyable {}
