// SPDX-License-Identifier: MIT

// How a line is named: by its number on a chip or by its name, with or without the chip.

/// A line as people write it: `26`, `GPIO26`, `gpiochip1:5`, `pinctrl-rp1:26`, `gpiochip1:RELAY`.
public struct LineAddress: Hashable, Sendable {
  /// What the line is known by.
  public enum Line: Hashable, Sendable {
    /// Its number on the chip, from 0.
    case offset(UInt32)
    /// The name that the board's description gives it.
    case name(String)
  }

  /// The chip, by its name (`gpiochip1`) or by what its driver calls it (`pinctrl-rp1`).
  ///
  /// Nil for a name that is looked for on all of them, and for a number on the chip that is the default.
  public let chip: String?
  /// The line.
  public let line: Line

  /// Understands `text`.
  ///
  /// The text before a colon is a chip. A name of a line may have a colon in it, too (`green:usr0`): it is looked
  /// for where there is no chip called so.
  ///
  /// - Throws: `empty`, `noLine`, `lineTooLarge`.
  public init(_ text: String) throws(AddressError) {
    guard !text.isEmpty else { throw .empty }
    if let colon = text.firstIndex(of: ":"), let name = Self.chipName(text[..<colon]) {
      try self.init(chip: name, text[text.index(after: colon)...], of: text)
    } else if let colon = text.lastIndex(of: ":"), colon != text.startIndex {
      try self.init(chip: String(text[..<colon]), text[text.index(after: colon)...], of: text)
    } else {
      try self.init(chip: nil, Substring(text), of: text)
    }
  }

  private init(chip: String?, line: Line) {
    self.chip = chip
    self.line = line
  }

  /// The same address, with `defaultChip` for a number that has no chip: two that are equal then are one line. Two that
  /// are not may be one all the same, which only the machine knows: lines have names, and chips labels and links.
  public func completed(defaultChip: String) -> LineAddress {
    if chip == nil, case .offset = line { return LineAddress(chip: defaultChip, line: line) }
    return self
  }

  private init(chip: String?, _ line: Substring, of text: String) throws(AddressError) {
    guard !line.isEmpty else { throw .noLine(text) }
    self.chip = chip
    if line.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
      guard let offset = UInt32(line) else { throw .lineTooLarge(text) }
      self.line = .offset(offset)
    } else {
      self.line = .name(String(line))
    }
  }

  /// `gpiochip1` from `gpiochip1`, `/dev/gpiochip1` or just `1`; nil if no device of a chip can have that name.
  static func chipName(_ text: some StringProtocol) -> String? {
    var digits = Substring(text)
    for prefix in ["/dev/", "gpiochip"] where digits.hasPrefix(prefix) { digits = digits.dropFirst(prefix.count) }
    guard let number = channelNumber(digits) else { return nil }
    return "gpiochip\(number)"
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

/// The number that `text` writes in decimal digits and nothing else; nil if it does not, or it has more than 32 bits.
func channelNumber(_ text: some StringProtocol) -> UInt32? {
  text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? UInt32(text) : nil
}
