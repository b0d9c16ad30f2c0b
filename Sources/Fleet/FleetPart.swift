// SPDX-License-Identifier: MIT

// A part of a device as the gateway knows it: its description from `about`, and its state as the device sent it. States
// are kept as they came, since a gateway may be older than the devices whose kinds it shows.

import Bytes

/// A part of a device of the fleet.
struct FleetPart: Sendable {
  /// What a part is, as far as the gateway knows it.
  enum Kind: UInt8, CaseIterable, Sendable {
    case unknown, `switch`, light, button, contact, sensor, number

    init(_ name: borrowing JSONValue) {
      self = Self.allCases.first { name.equals($0.name) } ?? .unknown
    }

    /// Its name in messages.
    var name: StaticString {
      switch self {
      case .unknown: "unknown"
      case .switch: "switch"
      case .light: "light"
      case .button: "button"
      case .contact: "contact"
      case .sensor: "sensor"
      case .number: "number"
      }
    }
  }

  /// The level of its topics.
  let name: [UInt8]
  /// What people call it; empty: the name.
  var label: [UInt8] = []
  /// What its values are measured in.
  var unit: [UInt8] = []
  /// Of a number its range, as `min max step`.
  var range: [UInt8] = []
  /// Its state as the device said it; empty: none yet.
  var state: [UInt8] = []
  /// The number of the state, if the device gives one.
  var stateRevision: UInt64 = 0
  /// The connection on which the state came live; 0: it was retained.
  var stateConnection: UInt32 = 0
  /// The same, of whether it works.
  var faultConnection: UInt32 = 0
  var kind = Kind.unknown
  /// Whether it is a button that may be pressed from afar.
  var isRemote = false
  var hasFault = false
  /// Whether it is on; nil: it has no such state, or none yet.
  var isOn: Bool?

  init(name: [UInt8]) { self.name = name }

  /// Whether a command can be meant for it.
  var isCommandable: Bool {
    switch kind {
    case .switch, .light, .number, .unknown: true
    case .button: isRemote
    case .contact, .sensor: false
    }
  }

  /// Takes a state over; false if it is the same as before.
  mutating func take(_ payload: Span<UInt8>, limit: Int) -> Bool {
    let text = payload.extracting(first: min(payload.count, limit))
    guard !state.span.equals(text) else { return false }
    state.clear()
    state.append(text)
    isOn = Self.isOn(text)
    // A browser ends a connection on which a text is no UTF-8 (RFC 6455 section 8.1).
    if state.contains(where: { $0 >= 0x80 }) { state = Array(String(decoding: state, as: UTF8.self).utf8) }
    return true
  }

  /// Whether a state says that something is on: `ON`, `OFF`, or a light's JSON.
  static func isOn(_ text: Span<UInt8>) -> Bool? {
    if text.equals("ON") { return true }
    if text.equals("OFF") { return false }
    guard text.count > 0, text[0] == UInt8(ascii: "{"), let json = try? JSONValue(parsing: text),
      let state = json["state"]
    else { return nil }
    return state.equals("ON") ? true : state.equals("OFF") ? false : nil
  }

  /// Appends the words that a row has for its state, as a device's own page says them.
  func appendWords(to text: inout [UInt8]) {
    if hasFault { return text.append("gone") }
    switch (kind, isOn) {
    case (.button, _):
      if !state.isEmpty { text.append(state.span) } else { text.append(isRemote ? "press" : "not pressed yet") }
    case (.light, let isOn?):
      text.append(isOn ? "on" : "off")
      if isOn, let brightness { Self.append(percent: brightness, to: &text) }
    case (_, let isOn?): text.append(isOn ? "on" : "off")
    case (_, nil):
      if state.isEmpty { return text.append("unknown") }
      text.append(state.span)
      if !unit.isEmpty {
        text.append(" ")
        text.append(unit.span)
      }
    }
  }

  private var brightness: UInt64? {
    guard let json = try? JSONValue(parsing: state.span) else { return nil }
    return json["brightness"]?.uint64
  }

  private static func append(percent brightness: UInt64, to text: inout [UInt8]) {
    guard brightness < 255 else { return }
    text.append(", ")
    text.append(decimal: max((brightness * 100 + 127) / 255, 1))
    text.append(" %")
  }
}
