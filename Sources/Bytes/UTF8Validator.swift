// SPDX-License-Identifier: MIT

// UTF-8 validation in pieces: text may be cut anywhere, also inside a character. The grammar is that of
// RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF. A byte that no valid text can
// hold there is refused at once, as RFC 6455 section 8.1 wants for text that arrives in fragments.

/// Checks that bytes which arrive in pieces are UTF-8.
public struct UTF8Validator: Sendable {
  /// How many bytes the character begun still lacks.
  private var missing: UInt8 = 0
  /// Which values the next of these bytes may have; nothing fits once the text is invalid.
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  /// A validator at the start of a text.
  public init() {}

  /// Whether the text so far is valid and ends with a whole character.
  public var isComplete: Bool { missing == 0 }

  /// Takes the next bytes: false at the first byte that proves the text invalid, and from then on.
  public mutating func receive(_ bytes: Span<UInt8>) -> Bool {
    var state = self
    var index = 0
    while index < bytes.count {
      if state.missing == 0 { index = bytes.firstIndexBeyondASCII(from: index) ?? bytes.count }
      while index < bytes.count, state.take(bytes[index]) {
        index += 1
        if state.missing == 0 { break }
      }
      if state.lowest > state.highest { break }
    }
    self = state
    return lowest <= highest
  }

  /// Takes one byte; false if it is not allowed here.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func take(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard byte >= lowest, byte <= highest else { return refuse() }
      missing -= 1
      (lowest, highest) = (0x80, 0xBF)
      return true
    }
    switch byte {
    case 0x00...0x7F: break
    case 0xC2...0xDF: missing = 1  // C0 and C1 would be overlong
    case 0xE0: (missing, lowest) = (2, 0xA0)  // below it: overlong
    case 0xED: (missing, highest) = (2, 0x9F)  // above it: surrogates
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, lowest) = (3, 0x90)  // below it: overlong
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, highest) = (3, 0x8F)  // above it: past U+10FFFF
    default: return refuse()
    }
    return true
  }

  private mutating func refuse() -> Bool {
    (missing, lowest, highest) = (1, 0xFF, 0x00)
    return false
  }
}
