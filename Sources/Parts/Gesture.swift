// SPDX-License-Identifier: MIT

// The ways to press a button, by the names that descriptions and messages use.

import Bytes

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
  public var name: Span<UInt8> {
    @_lifetime(immortal) get { Self.names.line(Int(rawValue)) }
  }

  /// In one text, in the order of the cases.
  private static let names: StaticString = "press\nrelease\nclick\ndouble\nlong\nrepeat"

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

/// A gesture that was made, for those who are told of each one.
public struct MadeGesture: Equatable, Sendable {
  /// The number of the button among the device's parts, counted from 0.
  public let part: Int
  /// What was done with it.
  public let gesture: Gesture
}
