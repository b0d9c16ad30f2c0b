// SPDX-License-Identifier: MIT

// Standard input that is a terminal without line editing: some keys are commands at once, and any other letter, or a
// colon, begins a line that Enter completes.
// Rule: keys that send several bytes (arrows, function keys, Alt with a letter) begin with ESC and mean nothing here;
// they are skipped whole, because their last byte may be a letter of ours (F1 sends ESC O P). ECMA-48, 5.4. There is no
// clock to tell Esc by itself from those: it drops the line at once, and what shows it to be an arrow brings it back.

/// Keys, and what they ask for.
struct KeyReader {
  enum Input: Equatable {
    case tap, press, release, quit
    /// A line without its colon and its end: printable ASCII.
    case line(String)
  }

  private enum Position {
    case key
    case afterEscape
    /// Inside ESC [ …, which ends with a byte from @ to ~.
    case inControlSequence
    /// After ESC O, before the one byte that ends it.
    case inSingleShift
  }

  /// The line that is being typed; nil if none is.
  private(set) var line: [UInt8]?
  /// What Esc has just dropped.
  private var dropped: [UInt8]?
  private var position = Position.key

  /// Takes a byte; returns what is complete with it.
  mutating func take(_ byte: UInt8) -> Input? {
    if byte == 0x1b {
      (dropped, line) = (line, nil)
      position = .afterEscape
      return nil
    }
    switch position {
    case .key: return takeKey(byte)
    case .afterEscape:
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") {
        position = byte == UInt8(ascii: "[") ? .inControlSequence : .inSingleShift
        (line, dropped) = (dropped, nil)
        return nil
      }
      position = .key
      let isAfterLine = dropped != nil
      dropped = nil
      return isAfterLine ? takeKey(byte) : nil
    case .inControlSequence where !(0x40...0x7e).contains(byte): return nil
    case .inControlSequence, .inSingleShift:
      position = .key
      return nil
    }
  }

  private mutating func takeKey(_ key: UInt8) -> Input? {
    if line != nil { return edit(key) }
    switch key {
    case UInt8(ascii: " "): return .tap
    case UInt8(ascii: "p"), UInt8(ascii: "P"): return .press
    case UInt8(ascii: "r"), UInt8(ascii: "R"): return .release
    case UInt8(ascii: "q"), UInt8(ascii: "Q"): return .quit
    case UInt8(ascii: ":"): line = []
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): line = [key]
    default: break
    }
    return nil
  }

  private mutating func edit(_ key: UInt8) -> Input? {
    guard var text = line else { return nil }
    switch key {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      line = nil
      return .line(String(decoding: text, as: UTF8.self))
    case 0x7f, 0x08:  // Backspace; in an empty line it takes the colon away
      line = text.isEmpty ? nil : Array(text.dropLast())
      return nil
    case 0x15: text = []  // Ctrl-U
    case 0x20...0x7e where text.count < LineReader.limit: text.append(key)
    default: break
    }
    line = text
    return nil
  }
}
