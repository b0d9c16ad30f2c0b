// SPDX-License-Identifier: MIT

// Every change has an author, which the page and all messages show: people want to know whether a switch went off by
// itself or was turned off.

import Bytes

/// What made a change.
public enum Author: Equatable, Sendable {
  /// A push button on the board.
  case button
  /// A client of the WebSocket endpoint, by its number, from 1.
  case client(UInt32)
  #if !WITHOUT_LOGIN
    /// Somebody who has logged in, by name in UTF-8; `client` is the number of their WebSocket client, 0 for a request.
    case person(name: [UInt8], client: UInt32)
  #endif
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

  /// The WebSocket client that it is, or that a person uses; nil for others.
  var client: UInt32? {
    switch self {
    case .client(let number): return number
    #if !WITHOUT_LOGIN
      case .person(_, let client): return client > 0 ? client : nil
    #endif
    default: return nil
    }
  }

  /// Writes its name as a member `by`: `button`, `#2`, `anna`, `http`, ….
  func write(to json: inout JSONWriter) {
    let line: Int
    switch self {
    case .client(let number): return Self.write(client: number, to: &json)
    #if !WITHOUT_LOGIN
      case .person(let name, _): return json.member("by", name.span)
    #endif
    case .button: line = 0
    case .http: line = 1
    case .mqtt: line = 2
    case .terminal: line = 3
    case .timer: line = 4
    case .interlock: line = 5
    case .program: line = 6
    }
    json.member("by", Self.names.line(line))
  }

  /// In one text, by its lines.
  private static let names: StaticString = "button\nhttp\nmqtt\nterminal\ntimer\ninterlock\nprogram"

  /// A number sign and at most ten digits, without an allocation: every client is sent every change.
  private static func write(client number: UInt32, to json: inout JSONWriter) {
    var text = InlineArray<11, UInt8>(repeating: UInt8(ascii: "#"))
    var start = 10
    var rest = number
    repeat {
      text[start] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      start -= 1
    } while rest > 0
    json.member("by", text.span.extracting(start..<11))
  }
}
