// SPDX-License-Identifier: MIT

// What an onlooker sees of a part, as the program hands it to the console: plain text and numbers, so that this module
// knows nothing of the server and little of the device.

public import Timebase

/// The values of a part at one moment, ready to be shown.
///
/// A value that its kind does not have is ignored. Text from outside need not be cleaned: what a terminal might act on
/// is replaced when it is shown.
public struct PartView: Equatable, Sendable {
  /// What a part is.
  public enum Kind: String, Sendable, CaseIterable {
    /// On or off.
    case `switch`
    /// On or off, with a brightness and perhaps a colour.
    case light
    /// Up or down.
    case button
    /// Open or closed.
    case contact
    /// A value that is measured.
    case sensor
    /// A value that is set.
    case number
  }

  /// The name by which commands call it.
  public var name: String
  /// What it is, which decides which of the values below count.
  public var kind: Kind
  /// Whether a switch or a light is on, or a contact open.
  public var isOn = false
  /// The state of a switch once it has rested; nil if it has that state.
  public var wanted: Bool?
  /// The brightness of a light, 1 to 255.
  public var brightness: UInt8 = 255
  /// Red, green, blue and perhaps white of a light that has them, 0 to 255 each; otherwise empty.
  public var color: [UInt8] = []
  /// Whether a button is down.
  public var isPressed = false
  /// Whether a contact is something that opens, such as a door; any other is on or off.
  public var opens = true
  /// The value of a sensor or a number as text; nil if it is unknown.
  public var value: String?
  /// The unit of `value`; empty without one.
  public var unit = ""
  /// Why the part does not work at present; empty if it does.
  public var fault = ""
  /// How long until the part switches off by itself; nil if it does not.
  public var left: Milliseconds?

  /// A part at rest: off, up, closed, unknown.
  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// Text from outside, made fit for a terminal.
enum Printable {
  /// `text` with a question mark for each character that a terminal might act on or that would not show.
  static func text(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        result.append("?")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// How many columns of a terminal `text` takes.
  static func columns(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns($1) }
  }

  /// The width of one scalar: none for what combines, two for what is wide in East Asia (UAX #11) and for pictures.
  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }

  /// `text` if it fits `columns`, and otherwise its beginning and an ellipsis.
  static func shortened(_ text: String, columns: Int) -> String {
    guard Self.columns(text) > columns else { return text }
    var result = String.UnicodeScalarView()
    var width = 0
    for scalar in text.unicodeScalars {
      width += Self.columns(scalar)
      guard width < columns else { break }
      result.append(scalar)
    }
    return String(result) + "…"
  }

  /// The end of `text` that fits `columns`.
  static func suffix(_ text: String, columns: Int) -> String {
    var rest = text.unicodeScalars[...]
    var width = Self.columns(text)
    while width > columns, let first = rest.popFirst() { width -= Self.columns(first) }
    return String(rest)
  }
}
