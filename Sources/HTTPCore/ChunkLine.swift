// SPDX-License-Identifier: MIT

// The line before each chunk: `chunk-size [ chunk-ext ] CRLF` (RFC 9112 section 7.1). Extensions mean nothing to this
// server, but a malformed one is refused: lax readers of this line have let requests be smuggled.

import Bytes

/// Reads chunk lines.
enum ChunkLine {
  /// The size of the chunk that `line` announces; one too large for an Int counts as its most.
  static func size(_ line: Span<UInt8>) throws(RemoteProtocolError) -> Int {
    var size = 0
    var index = 0
    while index < line.count, let digit = line[index].hexadecimalValue {
      size = size > Int.max >> 4 ? .max : size << 4 | Int(digit)
      index += 1
    }
    guard index > 0, areExtensions(line.extracting(droppingFirst: index)) else { throw .malformedChunk }
    return size
  }

  /// chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ) (section 7.1.1)
  private static func areExtensions(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
      index = bytes.skippingWhitespace(from: index)
      guard index < bytes.count, bytes[index] == UInt8(ascii: ";") else { return false }
      let nameStart = bytes.skippingWhitespace(from: index + 1)
      index = bytes.skippingToken(from: nameStart)
      guard index > nameStart else { return false }

      let equalsSign = bytes.skippingWhitespace(from: index)
      guard equalsSign < bytes.count, bytes[equalsSign] == UInt8(ascii: "=") else { continue }
      let valueStart = bytes.skippingWhitespace(from: equalsSign + 1)
      let valueEnd = bytes.skippingQuotedString(from: valueStart) ?? bytes.skippingToken(from: valueStart)
      guard valueEnd > valueStart else { return false }
      index = valueEnd
    }
    return true
  }
}

extension Span<UInt8> {
  fileprivate func skippingWhitespace(from start: Int) -> Int {
    var index = start
    while index < count, self[index].isLinearWhitespace { index += 1 }
    return index
  }

  fileprivate func skippingToken(from start: Int) -> Int {
    var index = start
    while index < count, self[index].isTokenCharacter { index += 1 }
    return index
  }

  /// The index behind a quoted-string (RFC 9110 section 5.6.4) that begins at `start`, or nil if none does.
  fileprivate func skippingQuotedString(from start: Int) -> Int? {
    guard start < count, self[start] == UInt8(ascii: "\"") else { return nil }
    var index = start + 1
    while index < count {
      switch self[index] {
      case UInt8(ascii: "\""): return index + 1
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    return nil
  }
}
