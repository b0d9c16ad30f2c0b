// SPDX-License-Identifier: MIT

// JSON as it lies in a buffer (RFC 8259). A value is a view of its own text: reading allocates nothing, and a
// member is found by walking the object, which for messages of a few members is quicker than building a tree.
// The whole text is checked once, strictly, when it is parsed; the views that follow cannot fail.
//
//     let message = try JSONValue(parsing: payload)           // {"type":"set","id":17,"pin":"led","on":true}
//     if message["type"]?.equals("set") == true, let on = message["on"]?.bool { … }

/// A value in a JSON text that stays where it is.
public struct JSONValue: ~Escapable {
  /// What kinds of value there are (section 3).
  public enum Kind: Sendable {
    /// `{…}`: members, each with a name.
    case object
    /// `[…]`: elements in order.
    case array
    /// Text in quotation marks.
    case string
    /// A decimal number.
    case number
    /// `true` or `false`.
    case bool
    /// `null`.
    case null
  }

  /// How many arrays and objects may be nested; one more is `JSONError.tooDeep`.
  public static let maximumDepth = 64

  /// The text of this value, as it was written, without white space around it.
  public let text: Span<UInt8>

  /// The value that `text` consists of, white space around it aside.
  ///
  /// Everything that RFC 8259 does not allow is refused, and so are a byte order mark, `\u` escapes that are
  /// half a surrogate pair, and nesting beyond `maximumDepth`.
  ///
  /// - Throws: What was found first.
  @_lifetime(copy text)
  public init(parsing text: Span<UInt8>) throws(JSONError) {
    var validator = UTF8Validator()
    guard validator.receive(text), validator.isComplete else { throw .invalidUTF8 }
    var scanner = JSONScanner(text)
    scanner.skipWhitespace()
    let start = scanner.position
    try scanner.skipValue()
    let end = scanner.position
    scanner.skipWhitespace()
    guard scanner.next == nil else { throw .trailingBytes }
    self.init(checked: text.extracting(start..<end))
  }

  @_lifetime(copy text)
  private init(checked text: Span<UInt8>) { self.text = text }

  /// What kind of value this is.
  public var kind: Kind {
    switch text[0] {  // no value is written in zero bytes
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  /// Whether this is `null`.
  public var isNull: Bool { kind == .null }

  /// The truth value, or nil if this is something else.
  public var bool: Bool? { kind == .bool ? text[0] == UInt8(ascii: "t") : nil }

  /// The number, or nil if this is something else, does not fit, or is not written in digits alone: `1.0`,
  /// `1e2` and `-0` are not unsigned integers.
  public var uint64: UInt64? { text.decimalValue }

  /// The number if it fits 32 bits, or nil as for `uint64`.
  public var uint32: UInt32? { uint64.flatMap { UInt32(exactly: $0) } }

  /// The number, with its sign and decimals, or nil: this is something else, or `Decimal` cannot hold it.
  public var decimal: Decimal? { kind == .number ? Decimal(text) : nil }

  /// The value of the member `name`, or nil if there is none or this is not an object.
  ///
  /// Names are compared after their escapes are decoded. Of several members with this name the last counts,
  /// as it does for `JSON.parse` in a browser.
  public subscript(_ name: StaticString) -> JSONValue? {
    @_lifetime(copy self) get {
      var found: Range<Int>?
      // Every value follows its name in `text`; where it does is all that may leave the closure.
      _ = forEachMemberRange { nameRange, valueRange in
        if JSONValue(checked: text.extracting(nameRange)).equals(name) { found = valueRange }
        return true
      }
      guard let found else { return nil }
      return JSONValue(checked: text.extracting(found))
    }
  }

  /// Calls `body` with each member of this object, in order, until that returns false; false if this is something else.
  ///
  /// A name is a string whose escapes are not decoded yet: compare it with `equals`. A name may come more than once.
  @discardableResult
  public func forEachMember(_ body: (_ name: JSONValue, _ value: JSONValue) -> Bool) -> Bool {
    forEachMemberRange { nameRange, valueRange in
      body(JSONValue(checked: text.extracting(nameRange)), JSONValue(checked: text.extracting(valueRange)))
    }
  }

  /// Calls `body` with each element of this array, in order, until that returns false; false if this is something else.
  @discardableResult
  public func forEachElement(_ body: (JSONValue) -> Bool) -> Bool {
    guard kind == .array else { return false }
    var scanner = JSONScanner(text)
    do throws(JSONError) {
      try scanner.expect(UInt8(ascii: "["))
      scanner.skipWhitespace()
      while let byte = scanner.next, byte != UInt8(ascii: "]") {
        let start = scanner.position
        try scanner.skipValue()
        guard body(JSONValue(checked: text.extracting(start..<scanner.position))) else { break }
        scanner.skipWhitespace()
        guard scanner.skip(UInt8(ascii: ",")) else { break }
        scanner.skipWhitespace()
      }
    } catch {}  // does not happen: the text was checked
    return true
  }

  /// Calls `body` with the ranges of each member's name and value in `text`, until that returns false; false if this is
  /// no object.
  private func forEachMemberRange(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Bool) -> Bool {
    guard kind == .object else { return false }
    var scanner = JSONScanner(text)
    do throws(JSONError) {
      try scanner.expect(UInt8(ascii: "{"))
      scanner.skipWhitespace()
      while scanner.next == UInt8(ascii: "\"") {
        let name = scanner.position
        let nameEnd = try scanner.skipName()
        let start = scanner.position
        try scanner.skipValue()
        guard body(name..<nameEnd, start..<scanner.position) else { break }
        scanner.skipWhitespace()
        guard scanner.skip(UInt8(ascii: ",")) else { break }
        scanner.skipWhitespace()
      }
    } catch {}  // does not happen: the text was checked
    return true
  }

  /// Whether this is a string that, its escapes decoded, is exactly `other`.
  public func equals(_ other: StaticString) -> Bool { equals(other.span) }

  /// Whether this is a string that, its escapes decoded, is exactly `other`.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public func equals(_ other: Span<UInt8>) -> Bool {
    var index = 0
    var isSame = true
    let isString = forEachByte { byte in
      isSame = isSame && index < other.count && other[index] == byte
      index += 1
      return isSame
    }
    return isString && isSame && index == other.count
  }

  /// Appends the UTF-8 of this string, its escapes decoded, to `bytes`; false, with nothing appended, if this
  /// is something else.
  ///
  /// It is never longer than `text`.
  public func appendString(to bytes: inout [UInt8]) -> Bool {
    forEachByte { byte in
      bytes.append(byte)
      return true
    }
  }

  /// Calls `body` with each byte of this string, its escapes decoded, until that returns false; false if this
  /// is something else.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private func forEachByte(_ body: (UInt8) -> Bool) -> Bool {
    guard kind == .string else { return false }
    var scanner = JSONScanner(text)
    guard scanner.skip(UInt8(ascii: "\"")) else { return false }
    while let byte = scanner.next, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        guard let scalar = try? scanner.takeEscape(), let encoded = UTF8.encode(scalar) else { return false }
        for byte in encoded { guard body(byte) else { return true } }
      } else {
        guard body(byte) else { return true }
        _ = scanner.skip(byte)
      }
    }
    return true
  }
}
