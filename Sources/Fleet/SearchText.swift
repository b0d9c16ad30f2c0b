// SPDX-License-Identifier: MIT

// Text as a search compares it. Devices are found while people type, among ten thousand in a few milliseconds, so what is
// searched in is brought into this form once, when a device describes itself.

import Bytes

/// Lower case, and what a search has to do with it.
enum SearchText {
  /// Text in lower case, by Unicode's rules.
  static func folded(_ text: Span<UInt8>) -> [UInt8] {
    var isASCII = true
    var folded: [UInt8] = []
    folded.reserveCapacity(text.count)
    for index in text.indices {
      if text[index] >= 0x80 { isASCII = false }
      folded.append(text[index].asciiLowercased)
    }
    return isASCII ? folded : Array(String(decoding: [UInt8](text), as: UTF8.self).lowercased().utf8)
  }

  /// The beginning of a text, in whole characters: half of one is no UTF-8, with which a browser ends a connection. The
  /// page cuts in the same way (Web/fleet/fleet.js), since it waits for the answer to what it has asked.
  static func cut(_ text: [UInt8], to limit: Int) -> [UInt8] {
    guard text.count > limit else { return text }
    var end = limit
    while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(text.prefix(end))
  }

  /// The words that are searched for.
  static func words(_ text: Span<UInt8>) -> [[UInt8]] {
    folded(text).split(separator: UInt8(ascii: " "), maxSplits: 7).map { Array($0) }
  }

  /// Whether all of the words are in a text.
  static func contains(_ text: [UInt8], _ words: [[UInt8]]) -> Bool {
    for word in words where !contains(text.span, word.span) { return false }
    return true
  }

  private static func contains(_ text: Span<UInt8>, _ word: Span<UInt8>) -> Bool {
    guard word.count > 0 else { return true }
    guard text.count >= word.count else { return false }
    let first = word[0]
    var start = 0
    let last = text.count - word.count
    while start <= last {
      if text[start] == first {
        var index = 1
        while index < word.count, text[start + index] == word[index] { index += 1 }
        if index == word.count { return true }
      }
      start += 1
    }
    return false
  }
}
