// SPDX-License-Identifier: MIT

// States and commands as they stand in messages on a broker: `ON` and `OFF`, numbers, and for lights the JSON that Home
// Assistant's lights use.

import Bytes
import Parts

extension Part {
  /// Appends its state as a broker has it; nothing, and false, if it has none (yet).
  func appendBrokerState(to text: inout [UInt8]) -> Bool {
    switch kind {
    case .switch(let part): text.append(part.isOn ? "ON" : "OFF")
    case .contact(let part):
      guard let isOn = part.isOn else { return false }
      text.append(isOn ? "ON" : "OFF")
    case .sensor(let part):
      guard let value = part.value else { return false }
      text.append(value)
    case .number(let part): text.append(part.value)
    case .light(let part):
      JSONWriter.append(to: &text) { json in part.writeBrokerState(revision, to: &json) }
    case .button: return false
    }
    return true
  }
}

extension Light {
  /// The names of Home Assistant's color modes; without the mode it would pass over a color.
  var colorMode: StaticString {
    switch channelCount {
    case 3: "rgb"
    case 4: "rgbw"
    default: "brightness"
    }
  }

  /// With its revision, by which a fleet knows the later of two.
  fileprivate func writeBrokerState(_ revision: UInt64, to json: inout JSONWriter) {
    json.beginObject()
    json.member("state", isOn ? "ON" : "OFF")
    json.member("brightness", brightness)
    json.member("color_mode", colorMode)
    if channelCount >= 3 {
      json.name("color")
      json.beginObject()
      json.member("r", color.red)
      json.member("g", color.green)
      json.member("b", color.blue)
      if channelCount > 3 { json.member("w", color.white) }
      json.endObject()
    }
    json.member("rev", revision)
    json.endObject()
  }
}

extension Command {
  /// The command that a message says to `part`: `ON`, `OFF`, `TOGGLE`; a number for a number; for a light also JSON such
  /// as `{"state":"ON","brightness":10,"color":{"r":255,"g":0,"b":0}}`; a gesture for a button.
  ///
  /// - Throws: `malformedValue`.
  init(brokerPayload payload: Span<UInt8>, for part: borrowing Part) throws(CommandError) {
    let text = payload.trimmedOfWhitespace
    switch part.kind {
    case .number:
      guard let value = Decimal(text) else { throw .malformedValue }
      self = .set(PartValues(value: value))
    case .button:
      guard let gesture = Gesture(text) else { throw .malformedValue }
      self = .gesture(gesture)
    case .light where !text.isEmpty && text[0] == UInt8(ascii: "{"): self = try Self.light(text)
    case .switch, .light, .contact, .sensor:
      if text.equals("ON") {
        self = .set(PartValues(isOn: true))
      } else if text.equals("OFF") {
        self = .set(PartValues(isOn: false))
      } else if text.equals("TOGGLE") {
        self = .toggle
      } else {
        throw .malformedValue
      }
    }
  }

  private static func light(_ text: Span<UInt8>) throws(CommandError) -> Command {
    guard let json = try? JSONValue(parsing: text), json.kind == .object, let values = PartValues(brokerJSON: json) else {
      throw .malformedValue
    }
    return .set(values)
  }
}

extension PartValues {
  /// Nil if a member is of the wrong type or out of range; members of other names are passed over.
  fileprivate init?(brokerJSON json: borrowing JSONValue) {
    self.init()
    if let member = json["state"] {
      guard member.kind == .string, member.equals("ON") || member.equals("OFF") else { return nil }
      isOn = member.equals("ON")
    }
    if let member = json["brightness"] {
      guard let number = member.uint64, let brightness = UInt8(exactly: number) else { return nil }
      if brightness == 0 { isOn = false } else { self.brightness = brightness }
    }
    if let member = json["color"] {
      guard let red = Self.channel(member, "r"), let green = Self.channel(member, "g"),
        let blue = Self.channel(member, "b")
      else { return nil }
      color = Color(red: red, green: green, blue: blue, white: Self.channel(member, "w") ?? 0)
    }
    if isEmpty { return nil }
  }

  private static func channel(_ json: borrowing JSONValue, _ name: StaticString) -> UInt8? {
    json[name]?.uint64.flatMap { UInt8(exactly: $0) }
  }
}
