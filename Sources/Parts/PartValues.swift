// SPDX-License-Identifier: MIT

// The values that a command sets, that an action of a button sets, and that are saved for the next start: the same few,
// each of which may be left out. Which of them a part has depends on its kind.

public import Bytes

/// A color as the channels of a light show it.
public struct Color: Equatable, Sendable {
  /// How strong each channel is, 0 to 255; `white` counts only for a light with four channels.
  public var red, green, blue, white: UInt8

  /// A color.
  public init(red: UInt8, green: UInt8, blue: UInt8, white: UInt8 = 0) {
    self.red = red
    self.green = green
    self.blue = blue
    self.white = white
  }
}

/// Values for a part to take; nil where it keeps its own.
public struct PartValues: Equatable, Sendable {
  /// Whether it is to be on.
  public var isOn: Bool?
  // What only kinds have that a build leaves out makes no command larger there.
  #if WITHOUT_LIGHTS
    public var brightness: UInt8? { get { nil } set {} }
    public var color: Color? { get { nil } set {} }
  #else
    /// How bright a light is to be, 1 to 255; 0 counts as 1.
    public var brightness: UInt8?
    /// The color of a light with three or four channels.
    public var color: Color?
  #endif
  #if WITHOUT_NUMBERS
    public var value: Decimal? { get { nil } set {} }
  #else
    /// The value of a number, which refuses one out of its bounds and rounds one between its steps.
    public var value: Decimal?
  #endif

  /// Values; those left out stay as they are.
  public init(isOn: Bool? = nil, brightness: UInt8? = nil, color: Color? = nil, value: Decimal? = nil) {
    self.isOn = isOn
    self.brightness = brightness
    self.color = color
    self.value = value
  }

  /// Whether all values are left out.
  public var isEmpty: Bool { isOn == nil && brightness == nil && color == nil && value == nil }

  /// The members `on`, `brightness`, `color` and `value` of a JSON object; other members are left alone.
  ///
  /// They are a truth value, a number from 1 to 255, an array of three or four numbers from 0 to 255, and a number that
  /// `Decimal` can hold.
  ///
  /// - Throws: `CommandError.malformedValue` if one of them is of the wrong type or out of range.
  public init(_ json: borrowing JSONValue) throws(CommandError) {
    if let member = json["on"] {
      guard let isOn = member.bool else { throw .malformedValue }
      self.isOn = isOn
    }
    if BuildFlags.hasLights, let member = json["brightness"] {
      guard let number = member.uint64, let brightness = UInt8(exactly: number), brightness > 0 else {
        throw .malformedValue
      }
      self.brightness = brightness
    }
    if BuildFlags.hasLights, let member = json["color"] { color = try Self.color(member) }
    if BuildFlags.hasNumbers, let member = json["value"] {
      guard let value = member.decimal else { throw .malformedValue }
      self.value = value
    }
  }

  /// `[r, g, b]` or `[r, g, b, w]`, each 0 to 255.
  private static func color(_ json: borrowing JSONValue) throws(CommandError) -> Color {
    guard json.kind == .array else { throw .malformedValue }
    var channels = InlineArray<4, UInt8>(repeating: 0)
    var count = 0
    var isRight = true
    json.forEachElement { element in
      if count < 4, let number = element.uint64, let channel = UInt8(exactly: number) {
        channels[count] = channel
      } else {
        isRight = false
      }
      count += 1
      return true
    }
    guard isRight, count >= 3 else { throw .malformedValue }
    return Color(red: channels[0], green: channels[1], blue: channels[2], white: channels[3])
  }

  /// Writes what is not nil as members of the object that has been begun.
  public func write(to json: inout JSONWriter) {
    if let isOn { json.member("on", isOn) }
    if let brightness { json.member("brightness", brightness) }
    if let color { color.write(to: &json, hasWhite: true) }
    if let value { json.member("value", value) }
  }
}

extension Color {
  func write(to json: inout JSONWriter, hasWhite: Bool) {
    json.name("color")
    json.beginArray()
    json.value(red)
    json.value(green)
    json.value(blue)
    if hasWhite { json.value(white) }
    json.endArray()
  }
}
