// SPDX-License-Identifier: MIT

// The tags of an HTML document, in order. It is as forgiving as a browser: whatever the bytes are, there are tags, or
// none; and it takes time in proportion to their number.
// Rule: it follows the standard's tokenizer as far as that decides what is a tag (HTML, section 13.2.5), apart from a
// comment inside a script that holds another script, and from references such as `&#106;` in addresses.

/// A start tag.
struct HTMLTag: Equatable, Sendable {
  /// In lower case.
  var name = ""
  /// Names in lower case, values as they are written; of two with the same name the first counts.
  var attributes: [(name: String, value: String)] = []
  /// Whether there is something between a `script` and its end.
  var hasContent = false

  /// The value of an attribute, whose name is given in lower case.
  subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

  static func == (left: HTMLTag, right: HTMLTag) -> Bool {
    left.name == right.name && left.hasContent == right.hasContent
      && left.attributes.elementsEqual(right.attributes) { $0 == $1 }
  }
}

/// Reads a document from tag to tag.
struct HTMLReader: ~Escapable {
  private let text: Span<UInt8>
  private var index = 0

  /// Elements whose content is text, whatever it looks like, up to their end tag.
  private static let texts: Set<String> = [
    "script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp",
  ]

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  /// The next start tag; nil at the end.
  @_lifetime(self: copy self)
  mutating func next() -> HTMLTag? {
    while let start = position(of: UInt8(ascii: "<"), from: index) {
      index = start + 1
      guard index < text.count else { break }
      switch text[index] {
      case UInt8(ascii: "!") where starts("!--", at: index): skipComment()
      case UInt8(ascii: "!"), UInt8(ascii: "?"): skip(past: UInt8(ascii: ">"))
      case UInt8(ascii: "/"): skipEndTag()
      case let byte where isLetter(byte): if let tag = startTag() { return tag }
      default: break
      }
    }
    index = text.count
    return nil
  }

  // MARK: Tags

  /// Reads a start tag from its name on, and over the content of an element that is text; nil if it does not end.
  @_lifetime(self: copy self)
  private mutating func startTag() -> HTMLTag? {
    var tag = HTMLTag(name: lowercased(word { isSpace($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") }))
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: ">") {
        index += 1
        if Self.texts.contains(tag.name) { tag.hasContent = skipText(of: tag.name) }
        return tag
      }
      if isSpace(byte) || byte == UInt8(ascii: "/") {
        index += 1
      } else {
        let attribute = attribute()
        if tag[attribute.name] == nil { tag.attributes.append(attribute) }
      }
    }
    return nil
  }

  @_lifetime(self: copy self)
  private mutating func attribute() -> (name: String, value: String) {
    let start = index
    index += 1  // an equals sign in the first place is part of the name
    _ = word { isSpace($0) || [UInt8(ascii: "/"), UInt8(ascii: ">"), UInt8(ascii: "=")].contains($0) }
    let name = lowercased(start..<index)
    let end = index
    _ = word { !isSpace($0) }
    guard index < text.count, text[index] == UInt8(ascii: "=") else {
      index = end
      return (name, "")
    }
    index += 1
    _ = word { !isSpace($0) }
    guard index < text.count, text[index] != UInt8(ascii: ">") else { return (name, "") }
    let quote = text[index]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return (name, string(word { isSpace($0) || $0 == UInt8(ascii: ">") }))
    }
    index += 1
    let value = word { $0 == quote }
    index = min(index + 1, text.count)
    return (name, string(value))
  }

  /// An end tag ends as a start tag does: a `>` in the value of an attribute does not end it.
  @_lifetime(self: copy self)
  private mutating func skipEndTag() {
    index += 1
    guard index < text.count, isLetter(text[index]) else { return skip(past: UInt8(ascii: ">")) }
    while index < text.count, text[index] != UInt8(ascii: ">") {
      if isSpace(text[index]) || text[index] == UInt8(ascii: "/") { index += 1 } else { _ = attribute() }
    }
  }

  /// Goes to the end tag of an element that is text; whether there is anything before that.
  @_lifetime(self: copy self)
  private mutating func skipText(of name: String) -> Bool {
    let start = index
    let end = Array("</\(name)".utf8)
    while let found = position(of: UInt8(ascii: "<"), from: index) {
      index = found
      let after = found + end.count
      if starts(ignoringCase: end, at: found),
        after == text.count || isSpace(text[after]) || [UInt8(ascii: "/"), UInt8(ascii: ">")].contains(text[after])
      {
        return found > start
      }
      index += 1
    }
    index = text.count
    return index > start
  }

  /// Goes past a comment, whose shortest forms are `<!-->` and `<!--->`.
  @_lifetime(self: copy self)
  private mutating func skipComment() {
    index += 3
    if starts(">", at: index) || starts("->", at: index) { return skip(past: UInt8(ascii: ">")) }
    while let dash = position(of: UInt8(ascii: "-"), from: index) {
      index = dash + 1
      if starts("-->", at: dash) || starts("--!>", at: dash) { return skip(past: UInt8(ascii: ">")) }
    }
    index = text.count
  }

  // MARK: Bytes

  @_lifetime(self: copy self)
  private mutating func skip(past byte: UInt8) {
    index = position(of: byte, from: index).map { $0 + 1 } ?? text.count
  }

  /// Goes to the first byte that ends a word, and says what it went over.
  @_lifetime(self: copy self)
  private mutating func word(until isEnd: (UInt8) -> Bool) -> Range<Int> {
    let start = index
    while index < text.count, !isEnd(text[index]) { index += 1 }
    return start..<index
  }

  private func position(of byte: UInt8, from start: Int) -> Int? {
    var index = start
    while index < text.count {
      if text[index] == byte { return index }
      index += 1
    }
    return nil
  }

  private func starts(_ word: StaticString, at place: Int) -> Bool {
    starts(ignoringCase: Array(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)), at: place)
  }

  /// Whether the bytes from `place` on are `word`, which is in lower case.
  private func starts(ignoringCase word: [UInt8], at place: Int) -> Bool {
    guard text.count - place >= word.count else { return false }
    for offset in word.indices {
      let byte = text[place + offset]
      guard (isLetter(byte) ? byte | 0x20 : byte) == word[offset] else { return false }
    }
    return true
  }

  private func lowercased(_ range: Range<Int>) -> String { string(range).lowercased() }

  private func string(_ range: Range<Int>) -> String {
    text.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}

private func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte && byte != 0x0B }
