// SPDX-License-Identifier: MIT

// Which line somebody means: by its number on a chip or by its name, with or without the chip.

/// A line as people write it: `26`, `GPIO26`, `gpiochip1:5`, `gpiochip1:RELAY`.
public struct LineAddress: Equatable, Sendable {
  /// What the line is known by.
  public enum Line: Equatable, Sendable {
    /// Its number on the chip.
    case offset(UInt32)
    /// The name that the board's description gives it.
    case name(String)
  }

  /// The chip; nil for a name that is looked for on all of them, and for a number on the chip that is the default.
  public let chip: String?
  /// The line.
  public let line: Line

  /// Understands `text`; nil if it is empty, names a chip without a line, or has a number beyond 32 bits.
  public init?(_ text: String) {
    var line = Substring(text)
    var chip: String?
    if let colon = text.firstIndex(of: ":"), let name = ChipName(text[..<colon]) {
      chip = name.text
      line = text[text.index(after: colon)...]
    }
    guard !line.isEmpty else { return nil }
    self.chip = chip
    if line.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
      guard let offset = UInt32(line) else { return nil }
      self.line = .offset(offset)
    } else {
      self.line = .name(String(line))
    }
  }
}

extension LineAddress: CustomStringConvertible {
  /// As it would be written.
  public var description: String {
    let words = switch line {
    case .offset(let offset): "\(offset)"
    case .name(let name): name
    }
    return chip.map { "\($0):\(words)" } ?? words
  }
}

/// The name of a chip, from `gpiochip1`, `/dev/gpiochip1` or just `1`.
public struct ChipName: Equatable, Sendable {
  /// `gpiochip1`.
  public let text: String

  /// Understands `text`; nil if no chip can have that name.
  public init?(_ text: some StringProtocol) {
    var digits = Substring(text)
    for prefix in ["/dev/", "gpiochip"] where digits.hasPrefix(prefix) { digits = digits.dropFirst(prefix.count) }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt32(digits) else {
      return nil
    }
    self.text = "gpiochip\(number)"
  }
}
