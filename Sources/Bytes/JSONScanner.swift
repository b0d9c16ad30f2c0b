// SPDX-License-Identifier: MIT

// Walks over JSON text (RFC 8259) and finds where each value ends. It holds no more than a position, and one
// bit per level of nesting while it passes over a value: no recursion, no memory that input could exhaust.

/// A position in a JSON text, and the steps that the grammar allows from there.
struct JSONScanner: ~Escapable {
  let text: Span<UInt8>
  private(set) var position = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  /// The byte at the position, or nil at the end.
  var next: UInt8? { position < text.count ? text[position] : nil }

  /// Passes over the white space of section 2.
  @_lifetime(self: copy self)
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  /// Passes over `byte` if it is next.
  @_lifetime(self: copy self)
  mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  /// Passes over `byte`, which must be next.
  @_lifetime(self: copy self)
  mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard skip(byte) else { throw unexpected }
  }

  /// Passes over one value, whatever it holds.
  @_lifetime(self: copy self)
  mutating func skipValue() throws(JSONError) {
    var nesting = Nesting()
    repeat {
      try skipOpening(&nesting)
      skipClosings(&nesting)
      if nesting.depth > 0 {
        try expect(UInt8(ascii: ","))
        skipWhitespace()
        if nesting.isInObject { try skipName() }
      }
    } while nesting.depth > 0
  }

  /// Passes over a member's name, the colon, and white space up to its value. Returns where the name ended.
  @_lifetime(self: copy self)
  @discardableResult
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func skipName() throws(JSONError) -> Int {
    try skipString()
    let end = position
    skipWhitespace()
    try expect(UInt8(ascii: ":"))
    skipWhitespace()
    return end
  }

  /// Passes over the beginnings of arrays and objects, up to an empty one's end or behind a scalar.
  @_lifetime(self: copy self)
  private mutating func skipOpening(_ nesting: inout Nesting) throws(JSONError) {
    while true {
      switch next {
      case UInt8(ascii: "{"):
        try nesting.open(object: true)
        position += 1
        skipWhitespace()
        if next == UInt8(ascii: "}") { return }
        try skipName()
      case UInt8(ascii: "["):
        try nesting.open(object: false)
        position += 1
        skipWhitespace()
        if next == UInt8(ascii: "]") { return }
      default:
        return try skipScalar()
      }
    }
  }

  /// Passes over the ends of arrays and objects at this position, and the white space before each.
  @_lifetime(self: copy self)
  private mutating func skipClosings(_ nesting: inout Nesting) {
    while nesting.depth > 0 {
      skipWhitespace()
      guard skip(UInt8(ascii: nesting.isInObject ? "}" : "]")) else { return }
      nesting.close()
    }
  }

  @_lifetime(self: copy self)
  private mutating func skipScalar() throws(JSONError) {
    switch next {
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "t"): try skipLiteral("true")
    case UInt8(ascii: "f"): try skipLiteral("false")
    case UInt8(ascii: "n"): try skipLiteral("null")
    default: try skipNumber()
    }
  }

  @_lifetime(self: copy self)
  private mutating func skipLiteral(_ literal: StaticString) throws(JSONError) {
    for index in 0..<literal.utf8CodeUnitCount { try expect(literal.utf8Start[index]) }
  }

  /// Passes over a number (section 6): no plus sign, no leading zero, digits on both sides of the point.
  @_lifetime(self: copy self)
  private mutating func skipNumber() throws(JSONError) {
    _ = skip(UInt8(ascii: "-"))
    if !skip(UInt8(ascii: "0")) { try skipDigits() }
    if skip(UInt8(ascii: ".")) { try skipDigits() }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
      try skipDigits()
    }
  }

  @_lifetime(self: copy self)
  private mutating func skipDigits() throws(JSONError) {
    guard let first = next, first.isASCIIDigit else { throw unexpected }
    while let byte = next, byte.isASCIIDigit { position += 1 }
  }

  /// Passes over a string and its quotation marks. Bytes beyond ASCII are taken as they are.
  @_lifetime(self: copy self)
  mutating func skipString() throws(JSONError) {
    try expect(UInt8(ascii: "\""))
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"): _ = try takeEscape()
      case 0x00...0x1F: throw .controlCharacter
      default: position += 1
      }
    }
    throw .unexpectedEnd
  }

  /// Takes the escape sequence at the position, both halves of a surrogate pair included.
  @_lifetime(self: copy self)
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func takeEscape() throws(JSONError) -> Unicode.Scalar {
    try expect(UInt8(ascii: "\\"))
    guard let letter = next else { throw .unexpectedEnd }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try takeCodeUnits()
    default: throw .malformedEscape
    }
  }

  /// Takes the digits after `\u`, and the whole second escape if they are the first half of a surrogate pair.
  @_lifetime(self: copy self)
  @inline(never)
  private mutating func takeCodeUnits() throws(JSONError) -> Unicode.Scalar {
    let unit = try takeCodeUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // 0xD800...0xDFFF is what no scalar has: a high surrogate below 0xDC00, a low one from there on.
    guard unit < 0xDC00, skip(UInt8(ascii: "\\")) else { throw .unpairedSurrogate }
    guard skip(UInt8(ascii: "u")) else { throw .unpairedSurrogate }
    let low = try takeCodeUnit()
    // Ten bits of each: U+10000 to U+10FFFF, in which every number is a scalar.
    let bits: UInt32 = UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)
    guard 0xDC00...0xDFFF ~= low, let scalar = Unicode.Scalar(0x10000 + bits) else { throw .unpairedSurrogate }
    return scalar
  }

  @_lifetime(self: copy self)
  private mutating func takeCodeUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next else { throw .unexpectedEnd }
      guard let digit = byte.hexadecimalValue else { throw .malformedEscape }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  /// The error for a byte that fits nowhere, or for its absence.
  private var unexpected: JSONError { next == nil ? .unexpectedEnd : .unexpectedByte }

  /// The arrays and objects that are open: one bit each, set for an object, the innermost lowest.
  private struct Nesting {
    private var kinds: UInt64 = 0
    private(set) var depth = 0

    var isInObject: Bool { kinds & 1 == 1 }

    mutating func open(object: Bool) throws(JSONError) {
      guard depth < JSONValue.maximumDepth else { throw .tooDeep }
      kinds = kinds << 1 | (object ? 1 : 0)
      depth += 1
    }

    mutating func close() {
      kinds >>= 1
      depth -= 1
    }
  }
}
