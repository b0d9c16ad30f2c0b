// SPDX-License-Identifier: MIT

// Base64 with the standard alphabet and padding (RFC 4648 section 4), as Sec-WebSocket-Key and
// Sec-WebSocket-Accept use it. Only the canonical form counts: each byte sequence has exactly one text.

/// Base64 of RFC 4648 section 4.
public enum Base64 {
  private static let alphabet: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  private static let padding = UInt8(ascii: "=")

  /// Appends the base64 text of `bytes`, padded to a multiple of four characters.
  public static func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let present = min(3, bytes.count - index)
      var group: UInt32 = 0
      for place in 0..<3 { group = group << 8 | (place < present ? UInt32(bytes[index + place]) : 0) }
      for place in 0..<4 {
        // n bytes need n + 1 characters of six bits each.
        let sextet = Int(group >> UInt32(18 - 6 * place) & 63)
        text.append(place <= present ? alphabet.utf8Start[sextet] : padding)
      }
      index += present
    }
  }

  /// How many bytes `text` stands for, or nil if it is not canonical base64.
  ///
  /// Refused are a length that is not a multiple of four, any other character (white space included), misplaced
  /// padding, and pad bits that are not zero (section 3.5).
  public static func decodedCount(_ text: Span<UInt8>) -> Int? {
    guard text.count % 4 == 0 else { return nil }
    var digits = text.count
    while digits > 0, text.count - digits < 2, text[digits - 1] == padding { digits -= 1 }
    for index in 0..<digits where sextet(text[index]) == nil { return nil }

    let padded = text.count - digits
    if padded > 0 {
      // One pad character leaves two bits unused in the last digit, two leave four.
      guard let last = sextet(text[digits - 1]), last & (padded == 1 ? 0b11 : 0b1111) == 0 else { return nil }
    }
    return text.count / 4 * 3 - padded
  }

  #if !WITHOUT_LOGIN
    /// Appends the bytes that `text` stands for; false, with nothing appended, if it is not canonical base64.
    public static func append(decoding text: Span<UInt8>, to bytes: inout [UInt8]) -> Bool {
      guard let count = decodedCount(text) else { return false }
      let end = bytes.count + count
      var index = 0
      while index < text.count {
        var group: UInt32 = 0
        for place in 0..<4 { group = group << 6 | UInt32(sextet(text[index + place]) ?? 0) }  // padding counts as zeros
        for place in 0..<3 where bytes.count < end {
          bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place)))
        }
        index += 4
      }
      return true
    }
  #endif

  /// The six bits that a character of the alphabet stands for, or nil.
  @inline(never)
  private static func sextet(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
