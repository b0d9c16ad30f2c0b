// SPDX-License-Identifier: MIT

// What a gesture does: `toggle lamp`, `on lamp`, `off lamp`, `set desk brightness=128`, `dim desk`, `off all`. The text
// is read once, at the start; a name that no part has is a mistake then, not when the button is pressed.

import Bytes

/// Something that a gesture of a button does.
public struct Action: Equatable, Sendable {
  /// What is done.
  public let command: Command
  /// The name of the part that it is done to; nil for all parts that know it.
  public let target: [UInt8]?

  /// A command for a part, or for all.
  public init(_ command: Command, target: [UInt8]?) {
    self.command = command
    self.target = target
  }

  /// Why a text is not an action.
  public enum Mistake: Error, Equatable, Sendable {
    /// It does not begin with a word that is known: toggle, on, off, set, dim.
    case unknownVerb
    /// It does not say which part.
    case missingTarget
    /// `set` does not say what to set, as `brightness=128`.
    case missingSettings
    /// There is more than the verb needs, or a setting that is not known or malformed.
    case malformedSettings
    /// `all` can only be turned on or off.
    case unsuitableForAll
  }

  /// Understands a text such as `set desk brightness=128 color=255,128,0`.
  ///
  /// A brightness is from 1 to 255, a color three or four numbers from 0 to 255, a value a `Decimal`.
  ///
  /// - Throws: What the text lacks, or has too much.
  public init(_ text: Span<UInt8>) throws(Mistake) {
    var words = Words(text)
    let verb = words.next()
    let name = words.next()
    var settings = PartValues()
    let command: Command
    if verb.equals("toggle") {
      command = .toggle
    } else if verb.equals("on") || verb.equals("off") {
      command = .set(PartValues(isOn: verb.equals("on")))
    } else if verb.equals("dim") {
      command = .dim
    } else if verb.equals("set") {
      while true {
        let word = words.next()
        if word.isEmpty { break }
        try settings.add(word)
      }
      command = .set(settings)
    } else {
      throw .unknownVerb
    }
    if name.isEmpty { throw .missingTarget }
    if case .set(let settings) = command, settings.isEmpty { throw .missingSettings }
    guard words.next().isEmpty else { throw .malformedSettings }
    let isForAll = name.equals("all")
    if isForAll, !verb.equals("on"), !verb.equals("off") { throw .unsuitableForAll }
    self.init(command, target: isForAll ? nil : [UInt8](name))
  }
}

/// The words of a text, between blanks.
private struct Words: ~Escapable {
  private let text: Span<UInt8>
  private var position = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  /// The next word; empty at the end.
  @_lifetime(copy self)
  mutating func next() -> Span<UInt8> {
    while position < text.count, text[position].isLinearWhitespace { position += 1 }
    let start = position
    while position < text.count, !text[position].isLinearWhitespace { position += 1 }
    return text.extracting(start..<position)
  }
}

extension PartValues {
  /// Adds a setting as an action gives it: `on=true`, `brightness=128`, `color=255,128,0`, `value=21.5`.
  fileprivate mutating func add(_ word: Span<UInt8>) throws(Action.Mistake) {
    guard let sign = word.firstIndex(of: UInt8(ascii: "="), from: 0) else { throw .malformedSettings }
    let name = word.extracting(0..<sign)
    let text = word.extracting(sign + 1..<word.count)
    if name.equals("on"), text.equals("true") || text.equals("false") {
      isOn = text.equals("true")
    } else if name.equals("brightness"), let brightness = Self.byte(text), brightness > 0 {
      self.brightness = brightness
    } else if name.equals("value"), let value = Decimal(text) {
      self.value = value
    } else if name.equals("color"), let color = Self.color(text) {
      self.color = color
    } else {
      throw .malformedSettings
    }
  }

  private static func byte(_ text: Span<UInt8>) -> UInt8? { text.decimalValue.flatMap { UInt8(exactly: $0) } }

  private static func color(_ text: Span<UInt8>) -> Color? {
    var channels = InlineArray<4, UInt8>(repeating: 0)
    var count = 0
    var start = 0
    while start <= text.count {
      let end = text.firstIndex(of: UInt8(ascii: ","), from: start) ?? text.count
      guard count < 4, let channel = byte(text.extracting(start..<end)) else { return nil }
      channels[count] = channel
      count += 1
      start = end + 1
    }
    guard count >= 3 else { return nil }
    return Color(red: channels[0], green: channels[1], blue: channels[2], white: channels[3])
  }
}
