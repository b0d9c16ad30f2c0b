// SPDX-License-Identifier: MIT

// Finds the end of a line in input that comes piece by piece, looking at each byte once however small the
// pieces are. Strict on purpose: a line ends with CRLF and nothing else. RFC 9112 section 2.2 lets a
// recipient take a bare LF; two recipients that differ in this read different requests, so ours does not.

import Bytes

/// Where the search for the end of the current line has got to.
struct LineScanner: Sendable {
  /// How many bytes of the line were looked at; all of them are good, the last may be a CR.
  private var scanned = 0

  enum Result {
    /// The line's end has not come yet.
    case incomplete
    /// A line of so many bytes, without its CRLF.
    case line(length: Int)
    /// The limit passed without an end.
    case tooLong
    /// A CR without LF, an LF without CR, or another control character than a tab (RFC 9110 section 5.5).
    case malformed
  }

  /// Looks on for the end of the line that `bytes` begin with; the line and its CRLF may take `limit` bytes.
  ///
  /// The answer depends on the bytes alone, not on how they were cut: no byte past the limit is looked at.
  mutating func scan(_ bytes: Span<UInt8>, limit: Int) -> Result {
    let end = min(bytes.count, limit)
    var followsCR = scanned > 0 && bytes[scanned - 1] == .carriageReturn
    #if !WITHOUT_FAST_PATHS
      // What is no control character cannot end a line or be wrong in it.
      if !followsCR, scanned < end {
        scanned = bytes.extracting(first: end).firstIndexOfControl(from: scanned) ?? end
      }
    #endif
    while scanned < end {
      let byte = bytes[scanned]
      if followsCR {
        guard byte == .lineFeed else { return .malformed }
        let length = scanned - 1
        scanned = 0
        return .line(length: length)
      }
      if byte < 0x20 || byte == 0x7F {
        followsCR = byte == .carriageReturn
        guard followsCR || byte == .horizontalTab else { return .malformed }
      }
      scanned += 1
    }
    return scanned >= limit ? .tooLong : .incomplete
  }
}

extension UInt8 {
  static var carriageReturn: UInt8 { 0x0D }
  static var lineFeed: UInt8 { 0x0A }
  static var horizontalTab: UInt8 { 0x09 }

}

extension Span<UInt8> {
  /// Whether a field may have this value: bytes that are visible, spaces, tabs or beyond ASCII (RFC 9110 section 5.5).
  var isFieldValue: Bool {
    var start = 0
    while let control = firstIndexOfControl(from: start) {
      guard self[control] == .horizontalTab else { return false }
      start = control + 1
    }
    return true
  }
}
