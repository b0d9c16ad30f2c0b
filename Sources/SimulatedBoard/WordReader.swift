// SPDX-License-Identifier: MIT

// Standard input that is not a terminal: one word a line, in any case, with any space around it, LF or CR LF.
// Rule: a line has a limit. What goes over it is passed over to the end of the line and answered once.

/// Lines of bytes, and the words they hold.
struct WordReader {
  enum Line: Equatable {
    case command(BoardCommand)
    /// A word that is none of ours, with anything a terminal might act on replaced.
    case unknown(String)
    case tooLong
  }

  /// The longest line, in bytes without its newline.
  static let lineLimit = 64

  private var line: [UInt8] = []
  private var isTooLong = false

  /// Takes a byte; returns the line that it completes, unless that is blank.
  mutating func take(_ byte: UInt8) -> Line? {
    if byte == UInt8(ascii: "\n") { return takeEndOfStream() }
    if line.count < Self.lineLimit { line.append(byte) } else { isTooLong = true }
    return nil
  }

  /// Ends the line that is being read.
  mutating func takeEndOfStream() -> Line? {
    defer {
      line.removeAll(keepingCapacity: true)
      isTooLong = false
    }
    if isTooLong { return .tooLong }
    // Bytes that are no printable ASCII become a question mark: they match no word, and do no harm when
    // printed.
    let printable = line.map { byte in
      switch byte {
      case UInt8(ascii: "\t"), UInt8(ascii: "\r"): UInt8(ascii: " ")
      case 0x20...0x7e: byte
      default: UInt8(ascii: "?")
      }
    }
    let words = String(decoding: printable, as: UTF8.self).lowercased().split(separator: " ")
    switch words.joined(separator: " ") {
    case "": return nil
    case "press": return .command(.press)
    case "release": return .command(.release)
    case "tap": return .command(.tap)
    case let other: return .unknown(other)
    }
  }
}
