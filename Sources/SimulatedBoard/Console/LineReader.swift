// SPDX-License-Identifier: MIT

// Standard input that is not a terminal: lines, with LF or CR LF.
// Rule: a line has a limit. What goes over it is passed over to the end of the line and answered once.

/// Lines of bytes.
struct LineReader {
  enum Line: Equatable {
    /// A line without its end, with a question mark for each byte that is not printable ASCII.
    case text(String)
    case tooLong
  }

  /// The longest line, in bytes without its newline: room for the longest name and a few words.
  static let limit = 128

  private var line: [UInt8] = []
  private var isTooLong = false

  /// Takes a byte; returns the line that it completes.
  mutating func take(_ byte: UInt8) -> Line? {
    if byte == UInt8(ascii: "\n") { return takeEndOfStream() }
    if line.count < Self.limit { line.append(byte) } else { isTooLong = true }
    return nil
  }

  /// Ends the line that is being read.
  mutating func takeEndOfStream() -> Line {
    defer {
      line.removeAll(keepingCapacity: true)
      isTooLong = false
    }
    return isTooLong ? .tooLong : .text(Self.text(line))
  }

  /// Bytes that are not printable ASCII become a question mark: they match no word, and do no harm when printed.
  private static func text(_ line: [UInt8]) -> String {
    let printable = line.map { byte in
      switch byte {
      case UInt8(ascii: "\t"), UInt8(ascii: "\r"): UInt8(ascii: " ")
      case 0x20...0x7e: byte
      default: UInt8(ascii: "?")
      }
    }
    return String(decoding: printable, as: UTF8.self)
  }
}
