// SPDX-License-Identifier: MIT

// Words that come from elsewhere, for a line of log or a terminal: a peer's reason, a `Host`, the name of a file.
// Rule: they can neither begin a line, nor steer a terminal, nor change the order in which the line is read. Source:
// UAX #9 section 2 (directional formatting characters), UAX #14 (BK, NL: what ends a line), ECMA-48 (C0 and C1).

extension [UInt8] {
  /// Appends `words`, with an escape such as `\u{202e}` for each character that would do more than be read, and `\xff`
  /// for each byte that is not part of UTF-8.
  ///
  /// Escaped are the controls, line and paragraph separators, and the characters that set a direction. A backslash
  /// stays what it is: the escapes are for people. With `WITHOUT_LOG_ESCAPES` each byte that is not printable ASCII
  /// becomes a question mark.
  public mutating func append(printable words: Span<UInt8>) {
    #if WITHOUT_LOG_ESCAPES
      for index in words.indices { append(0x20..<0x7F ~= words[index] ? words[index] : UInt8(ascii: "?")) }
    #else
      var index = 0
      while index < words.count {
        let length = PrintableText.lengthOfCharacter(in: words, at: index)
        if length == 0 {
          append("\\x")
          append(hexadecimal: words[index], width: 2)
          index += 1
          continue
        }
        let character = words.extracting(index..<index + length)
        let scalar = PrintableText.scalar(character)
        if PrintableText.isHarmless(scalar) {
          append(character)
        } else {
          append("\\u{")
          append(hexadecimal: scalar)
          append("}")
        }
        index += length
      }
    #endif
  }
}

#if !WITHOUT_LOG_ESCAPES
  private enum PrintableText {
    /// How many bytes the character at `start` has; 0 if there is none that is whole and valid.
    static func lengthOfCharacter(in words: Span<UInt8>, at start: Int) -> Int {
      var validator = UTF8Validator()
      for index in start..<words.count {
        guard validator.take(words[index]) else { return 0 }
        if validator.isComplete { return index + 1 - start }
      }
      return 0
    }

    /// The value of one valid character.
    static func scalar(_ character: Span<UInt8>) -> UInt32 {
      var scalar = UInt32(character[0])
      if character.count > 1 { scalar &= 0x7F >> UInt32(character.count) }  // what the length leaves of the first byte
      for index in 1..<Swift.max(character.count, 1) { scalar = scalar << 6 | UInt32(character[index] & 0x3F) }
      return scalar
    }

    /// Whether a character is only read, and neither ends a line, nor commands, nor turns what is around it.
    static func isHarmless(_ scalar: UInt32) -> Bool {
      switch scalar {
      case 0x00...0x1F, 0x7F...0x9F,  // C0, DEL and C1, NEL (U+0085) among them
        0x061C, 0x200E, 0x200F,  // marks of a direction
        0x2028, 0x2029,  // line and paragraph separators
        0x202A...0x202E, 0x2066...0x2069:  // embeddings, overrides, isolates
        false
      default: true
      }
    }
  }
#endif
