// SPDX-License-Identifier: MIT

// The ways to press a button, by the names that descriptions and messages use, and the times that tell them apart.

import Bytes
public import Timebase

/// A way to press a button.
public enum Gesture: UInt8, CaseIterable, Sendable {
  /// It went down.
  case press
  /// It came up.
  case release
  /// Down and up again.
  case click
  /// Down for the second time within a short while.
  case double
  /// Held for a while.
  case long
  /// Held for still longer: again and again.
  case `repeat`

  /// The gesture's name in a description and in messages.
  public var name: StaticString {
    switch self {
    case .press: "press"
    case .release: "release"
    case .click: "click"
    case .double: "double"
    case .long: "long"
    case .repeat: "repeat"
    }
  }

  /// The gesture of this name, or nil.
  public init?(_ name: Span<UInt8>) {
    var number: UInt8 = 0
    while let gesture = Gesture(rawValue: number) {
      if name.equals(gesture.name) {
        self = gesture
        return
      }
      number += 1
    }
    return nil
  }
}

extension Button {
  /// The times of a button.
  public struct Timing: Equatable, Sendable {
    /// A level that lasts no longer than this is a bounce.
    public var debounce: Milliseconds = Debouncer.standardDuration
    /// How long after the first release the second press of a double click comes at the latest.
    public var double: Milliseconds = 350
    /// How long a button is held for a long press.
    public var long: Milliseconds = 600
    /// How long after a long press, and after each repeat, the next repeat follows; at least 10 ms.
    public var `repeat`: Milliseconds = 150

    /// The usual times.
    public init() {}
  }
}
