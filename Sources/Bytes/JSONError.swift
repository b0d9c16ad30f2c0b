// SPDX-License-Identifier: MIT

// What may be wrong with a JSON text (RFC 8259).

/// Why bytes are not a JSON text that this reader takes.
public enum JSONError: Error, Equatable, Sendable {
  /// The text ends inside a value, or has none.
  case unexpectedEnd
  /// A byte is where the grammar does not allow it.
  case unexpectedByte
  /// Something other than white space follows the value.
  case trailingBytes
  /// Arrays and objects are nested deeper than `JSONValue.maximumDepth`.
  case tooDeep
  /// The text is not UTF-8 (section 8.1).
  case invalidUTF8
  /// A string holds a control character that is not escaped (section 7).
  case controlCharacter
  /// A backslash is followed by none of the escapes of section 7.
  case malformedEscape
  /// A `\u` escape is half of a surrogate pair, without the other half: no character (section 8.2).
  case unpairedSurrogate
}
