// SPDX-License-Identifier: MIT

// Every change has an author, which all surfaces show: people want to know whether a switch went off by itself or was
// turned off.

import Bytes

/// What made a change.
public enum Author: Equatable, Sendable {
  /// A push button on the board.
  case button
  /// A client of the WebSocket endpoint, by its number.
  case client(UInt32)
  /// A request to the HTTP API, or the page without JavaScript.
  case http
  /// A message from a broker.
  case mqtt
  /// A person at the terminal of a simulated board.
  case terminal
  /// The part itself: `off_after`.
  case timer
  /// Another part of the same interlock, which was turned on.
  case interlock
  /// The device's own program, which reacts to what its parts show.
  case program

  /// Appends the author's name as messages give it: `button`, `#2`, `http`, ….
  public func append(to text: inout [UInt8]) {
    switch self {
    case .button: text.append("button")
    case .client(let number):
      text.append(UInt8(ascii: "#"))
      text.append(decimal: number)
    case .http: text.append("http")
    case .mqtt: text.append("mqtt")
    case .terminal: text.append("terminal")
    case .timer: text.append("timer")
    case .interlock: text.append("interlock")
    case .program: text.append("program")
    }
  }
}
