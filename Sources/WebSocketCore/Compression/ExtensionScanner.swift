// SPDX-License-Identifier: MIT

// Reads one line of Sec-WebSocket-Extensions from left to right: extensions between commas, each with parameters behind
// semicolons, whose values may be quoted. A line that breaks the grammar is malformed from there to its end. RFC 6455
// section 9.1 and RFC 9110 sections 5.6.2 to 5.6.4.

#if !hasFeature(Embedded)
  import Bytes

  struct ExtensionScanner: ~Escapable {
    private let line: Span<UInt8>
    private var position = 0
    private var isInsideExtension = false
    /// Whether the grammar was broken; nothing more is found then.
    private(set) var isMalformed = false

    @_lifetime(copy line)
    init(_ line: Span<UInt8>) { self.line = line }

    /// A parameter; `value` is empty if there is none.
    struct Parameter: ~Escapable {
      let name: Span<UInt8>
      let value: Span<UInt8>
      let hasValue: Bool

      @_lifetime(copy name, copy value)
      init(name: Span<UInt8>, value: Span<UInt8>, hasValue: Bool) {
        self.name = name
        self.value = value
        self.hasValue = hasValue
      }
    }

    /// Goes to the next extension, past the parameters of the one before, and says whether it has this name; nil at the
    /// end of the line.
    mutating func nextExtension(is name: StaticString) -> Bool? {
      while isInsideExtension, nextParameter() != nil {}
      while skip(UInt8(ascii: ",")) {}
      guard !isMalformed, position < line.count else { return nil }
      isInsideExtension = true
      return takeToken().equalsIgnoringCase(name)
    }

    /// The next parameter of this extension, nil behind the last.
    @_lifetime(copy self)
    mutating func nextParameter() -> Parameter? {
      guard !isMalformed, skip(UInt8(ascii: ";")) else {
        isInsideExtension = false
        if position < line.count, line[position] != UInt8(ascii: ",") { isMalformed = true }
        return nil
      }
      let name = takeToken()
      guard skip(UInt8(ascii: "=")) else { return Parameter(name: name, value: Span(), hasValue: false) }
      let value = takeValue()
      return Parameter(name: name, value: value, hasValue: true)
    }

    @_lifetime(copy self)
    private mutating func takeToken() -> Span<UInt8> {
      skipWhitespace()
      let start = position
      while position < line.count, line[position].isTokenCharacter { position += 1 }
      if position == start { isMalformed = true }
      return line.extracting(start..<position)
    }

    /// A token, or one in quotes: what is quoted must be a token too, so it needs no escapes (RFC 6455 section 9.1).
    @_lifetime(copy self)
    private mutating func takeValue() -> Span<UInt8> {
      let isQuoted = skip(UInt8(ascii: "\""))
      let value = takeToken()
      if isQuoted, !skip(UInt8(ascii: "\"")) { isMalformed = true }
      return value
    }

    /// Moves past `byte`, if that comes next.
    private mutating func skip(_ byte: UInt8) -> Bool {
      skipWhitespace()
      guard position < line.count, line[position] == byte else { return false }
      position += 1
      return true
    }

    private mutating func skipWhitespace() {
      while position < line.count, line[position].isLinearWhitespace { position += 1 }
    }
  }
#endif
