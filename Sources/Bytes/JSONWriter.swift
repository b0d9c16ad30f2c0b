// SPDX-License-Identifier: MIT

// Writes JSON (RFC 8259) behind what a byte array already holds. The writer sets the commas; strings are escaped so
// that the text is safe inside an HTML script element, and become valid UTF-8.
//
//     JSONWriter.append(to: &message) { json in
//       json.beginObject()
//       json.member("type", "state")
//       json.member("rev", revision)
//       json.name("pins")
//       json.beginObject()
//       …
//       json.endObject()
//       json.endObject()
//     }

/// Writes one JSON text; the caller pairs each begin with its end and gives each member a name and a value.
public struct JSONWriter: ~Copyable {
  private var output: [UInt8] = []
  /// Whether a value precedes the next one in the same array or object.
  private var needsComma = false

  private init() {}

  /// Appends to `bytes` what `body` writes; the array is moved, not copied, and keeps its capacity.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public static func append(to bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    swap(&writer.output, &bytes)
    body(&writer)
    swap(&writer.output, &bytes)
  }

  // MARK: arrays and objects

  /// Begins an object; names and values follow.
  public mutating func beginObject() { begin("{") }

  /// Ends the object begun last.
  public mutating func endObject() { end("}") }

  /// Begins an array; values follow.
  public mutating func beginArray() { begin("[") }

  /// Ends the array begun last.
  public mutating func endArray() { end("]") }

  /// Writes a member's name; its value must follow.
  public mutating func name(_ name: StaticString) {
    value(name)
    output.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a member's name that is known at run time only; its value must follow. U+FFFD stands for each piece of it
  /// that is not UTF-8.
  public mutating func name(_ name: Span<UInt8>) {
    value(name)
    output.append(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: values

  /// Writes a string.
  public mutating func value(_ text: StaticString) { value(text.span) }

  /// Writes a string; U+FFFD stands for each piece of `text` that is not UTF-8.
  public mutating func value(_ text: Span<UInt8>) {
    beginValue()
    output.append(UInt8(ascii: "\""))
    appendEscaped(text)
    output.append(UInt8(ascii: "\""))
  }

  /// Writes a number of at most 64 bits, exactly; JavaScript reads it exactly up to 2^53.
  public mutating func value(_ number: some UnsignedInteger & FixedWidthInteger) {
    beginValue()
    output.append(decimal: number)
  }

  /// Writes a number of at most 64 bits, exactly; JavaScript reads it exactly between -2^53 and 2^53.
  public mutating func value(_ number: some SignedInteger & FixedWidthInteger) {
    beginValue()
    if number < 0 { output.append(UInt8(ascii: "-")) }
    output.append(decimal: number.magnitude)
  }

  /// Writes a number, exactly; `null` for none.
  public mutating func value(_ number: Decimal?) {
    guard let number else { return null() }
    beginValue()
    output.append(number)
  }

  /// Writes a value that is JSON text already, as it is; that it is some is not checked.
  public mutating func value(json text: Span<UInt8>) {
    beginValue()
    output.append(text)
  }

  /// Writes `true` or `false`.
  public mutating func value(_ truth: Bool) {
    beginValue()
    output.append(truth ? "true" : "false")
  }

  /// Writes `null`.
  public mutating func null() {
    beginValue()
    output.append("null")
  }

  // MARK: members

  /// Writes a member whose value is a string.
  public mutating func member(_ name: StaticString, _ text: StaticString) {
    self.name(name)
    value(text)
  }

  /// Writes a member whose value is a string; U+FFFD stands for each piece of `text` that is not UTF-8.
  public mutating func member(_ name: StaticString, _ text: Span<UInt8>) {
    self.name(name)
    value(text)
  }

  /// Writes a member whose value is a number of at most 64 bits.
  public mutating func member(_ name: StaticString, _ number: some UnsignedInteger & FixedWidthInteger) {
    self.name(name)
    value(number)
  }

  /// Writes a member whose value is a number of at most 64 bits.
  public mutating func member(_ name: StaticString, _ number: some SignedInteger & FixedWidthInteger) {
    self.name(name)
    value(number)
  }

  /// Writes a member whose value is a number; `null` for none.
  public mutating func member(_ name: StaticString, _ number: Decimal?) {
    self.name(name)
    value(number)
  }

  /// Writes a member whose value is `true` or `false`.
  public mutating func member(_ name: StaticString, _ truth: Bool) {
    self.name(name)
    value(truth)
  }

  // MARK: pieces

  private mutating func begin(_ bracket: StaticString) {
    beginValue()
    output.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: StaticString) {
    output.append(bracket)
    needsComma = true
  }

  private mutating func beginValue() {
    if needsComma { output.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// Appends `text` in runs that need no change, with what replaces the bytes between them.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private mutating func appendEscaped(_ text: Span<UInt8>) {
    var runStart = 0
    var index = 0
    while index < text.count {
      let start = index
      let (length, isWhole) = Self.character(in: text, at: start)
      index += length
      if isWhole, !Self.needsEscape(text[start]) { continue }
      output.append(text.extracting(runStart..<start))
      runStart = index
      if isWhole { appendEscape(of: text[start]) } else { output.append("\u{FFFD}") }
    }
    output.append(text.extracting(runStart..<text.count))
  }

  /// How many bytes the character at `start` has; of a broken one, how many could begin one, but at least one.
  private static func character(in text: Span<UInt8>, at start: Int) -> (length: Int, isWhole: Bool) {
    #if !hasFeature(Embedded)  // what follows says the same of ASCII, in more steps
      if text[start] < 0x80 { return (1, true) }
    #endif
    var validator = UTF8Validator()
    var end = start
    while end < text.count, validator.take(text[end]) {
      end += 1
      if validator.isComplete { return (end - start, true) }
    }
    return (max(end - start, 1), false)
  }

  /// Whether `byte` must be escaped by section 7, or is the "<" that would end a script element.
  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "<")
  }

  private mutating func appendEscape(of byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): output.append("\\\"")
    case UInt8(ascii: "\\"): output.append("\\\\")
    case UInt8(ascii: "\n"): output.append("\\n")
    case UInt8(ascii: "\r"): output.append("\\r")
    case UInt8(ascii: "\t"): output.append("\\t")
    case UInt8(ascii: "<"): output.append("\\u003C")
    default:
      output.append("\\u")
      output.append(hexadecimal: byte, width: 4)
    }
  }
}
