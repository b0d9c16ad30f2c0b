// SPDX-License-Identifier: MIT

// Contacts bounce: a level counts once it has lasted for a while since its last edge. Times are those of the edges, so
// it does not matter how late they arrive.

public import Timebase

/// A digital input with its bounces left out.
public struct Debouncer: Equatable, Sendable {
  /// The default for how long a level must last: 10 ms, which most contacts need.
  public static let standardDuration: Milliseconds = 10

  /// What the input showed last.
  private(set) var level = false
  /// What counts.
  private(set) var isActive = false
  private var lastEdge = MonotonicTime.zero
  /// Whether the last edge came from something that cannot bounce.
  private var isClean = false

  /// Takes a reading; one that is older than the last is given the time of the last one.
  ///
  /// - Parameter isClean: Whether it comes from something that cannot bounce, such as a message: it counts at once.
  mutating func sense(_ level: Bool, at time: MonotonicTime, isClean: Bool = false) {
    guard level != self.level else { return }
    self.level = level
    self.isClean = isClean
    lastEdge = max(time, lastEdge)
  }

  /// When the level will count, if it stays; a level counts once it has lasted for more than `duration`.
  func deadline(_ duration: Milliseconds) -> MonotonicTime {
    level == isActive ? .distantFuture : isClean ? lastEdge : lastEdge + duration + 1
  }

  /// The level counts from now on.
  mutating func settle() { isActive = level }

  /// Forgets the input: it counts as at rest until the next reading.
  mutating func reset() {
    level = false
    isActive = false
  }
}
