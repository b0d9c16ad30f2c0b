// SPDX-License-Identifier: MIT

// Parts described in a program: names, labels and units are literals, and mean the same as the bytes that a file gives.
//
//     try Device("Kitchen") {
//       Part.switch("lamp", output: 0, offAfter: .minutes(30))
//       Part.button("wall", input: 0, .on(.click, "toggle lamp"), .on(.long, "off all"))
//     }

public import Bytes
public import Timebase

/// What people or programs call something: a literal in a program, bytes from a file.
public struct Text: ExpressibleByStringLiteral, Equatable, Sendable {
  /// The text in UTF-8.
  public let bytes: [UInt8]

  /// A text that is known in UTF-8, which is not checked.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// No text.
  public static var empty: Text { Text([]) }

  public init(stringLiteral text: StaticString) { bytes = [UInt8](text) }
}

extension Part {
  /// What a sensor measured last, or what a number is set to, in `unit`; nil for other parts, and while it is unknown.
  public var value: Decimal? {
    switch kind {
    case .sensor(let sensor): sensor.value
    case .number(let number): number.value
    case .switch, .light, .button, .contact: nil
    }
  }
}

extension Part.Reaction {
  /// What a gesture does: `.on(.click, "toggle lamp")`.
  public static func on(_ gesture: Gesture, _ actions: Action...) -> Part.Reaction { .init(gesture, actions) }
}

extension Action: ExpressibleByStringLiteral {
  /// An action as a file has it, such as `toggle lamp`. A text that is not an action becomes one for a part that cannot
  /// exist, so that `Device` refuses it.
  public init(stringLiteral text: StaticString) {
    do throws(Mistake) {
      try self.init(text.span)
    } catch {
      self.init(.toggle, target: [UInt8](text))
    }
  }
}

extension Action {
  /// Turns the part on if it is off, and off if it is on.
  public static func toggle(_ part: StaticString) -> Action { Action(.toggle, target: [UInt8](part)) }
  /// Turns the part on.
  public static func on(_ part: StaticString) -> Action { .set(part, PartValues(isOn: true)) }
  /// Turns the part off.
  public static func off(_ part: StaticString) -> Action { .set(part, PartValues(isOn: false)) }
  /// Sets these values of the part; some of them must be given, and suit it, or `Device` refuses the action.
  public static func set(_ part: StaticString, _ values: PartValues) -> Action {
    Action(.set(values), target: [UInt8](part))
  }
  /// Makes the light a little brighter, or darker with the next hold of the button.
  public static func dim(_ part: StaticString) -> Action { Action(.dim, target: [UInt8](part)) }
  /// Turns everything on.
  public static var allOn: Action { Action(.set(PartValues(isOn: true)), target: nil) }
  /// Turns everything off.
  public static var allOff: Action { Action(.set(PartValues(isOn: false)), target: nil) }
}

extension Device {
  /// The part with this name, or nil.
  public subscript(name: StaticString) -> Part? { index(of: name.span).map { parts[$0] } }

  /// Makes the part with this name do something, in the name of the device's own program.
  ///
  /// - Throws: `CommandError` if there is no such part, if it does not do that, or cannot at present.
  public mutating func perform(
    _ command: Command, on name: StaticString, now: MonotonicTime
  ) throws(CommandError) {
    guard let index = index(of: name.span) else { throw .unknownPart }
    try perform(command, on: index, by: .program, now: now)
  }
}
