// SPDX-License-Identifier: MIT

// JSON: our reader beside one that builds a tree, written for clarity alone. They must agree on what is JSON and what
// it means; what the writer makes of the tree must read as the same tree; and any bytes at all, written as a string,
// must come back as the text that they are.

import Bytes

extension FuzzTarget {
  /// A JSON text: any bytes.
  static let json = FuzzTarget("json", longestInput: 1024) { input throws(BrokenInvariant) in
    try checkWrittenString(input)
    let model = JSONTree.parse(input)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: input.span)
    } catch {
      return try check(model == nil, "what is refused (\(error)) is not JSON")
    }
    guard let model else { throw BrokenInvariant(description: "what is taken is JSON") }
    try compare(value, model)

    var written: [UInt8] = []
    let writable = model.writable
    JSONWriter.append(to: &written) { writable.write(to: &$0) }
    try check(JSONTree.parse(written) == writable, "what the writer writes reads as what was written")
  }
}

/// The names that members are looked up by; the writer takes no others.
private let names: [StaticString] = ["", "a", "type", "é", "\u{0}\"\\<", "😀"]

/// Compares all that can be asked of a value, down to the members that have one of `names`.
private func compare(_ value: borrowing JSONValue, _ model: JSONTree) throws(BrokenInvariant) {
  try check(JSONTree.parse([UInt8](value.text)) == model, "a value's text is that value")
  try check(value.kind == model.kind, "a value is of its kind")
  try check(value.isNull == (model == .null), "null is null and nothing else")
  try check(value.bool == model.bool, "a truth value is what it says")
  try check(value.uint64 == model.uint64, "a number is what its digits say, or none")
  try check(value.uint32 == model.uint64.flatMap { UInt32(exactly: $0) }, "32 bits hold what fits into them")
  var string = [UInt8(ascii: "=")]
  try check(value.appendString(to: &string) == (model.kind == .string), "only a string is a string")
  if case .string(let expected) = model {
    try check(Array(string.dropFirst()) == expected, "a string is what its escapes say")
    try check(expected.count + 2 <= value.text.count, "a string is never longer than its text")
  }
  for name in names {
    try check(value.equals(name) == (model == .string([UInt8](name))), "only equal strings are equal")
    let expected = model.members?.last { $0.name == [UInt8](name) }?.value
    if let member = value[name] {
      guard let expected else { throw BrokenInvariant(description: "a member that is found is there") }
      try compare(member, expected)
    } else {
      try check(expected == nil, "a member that is there is found")
    }
  }
}

/// Any bytes may be handed to the writer as a string.
private func checkWrittenString(_ bytes: [UInt8]) throws(BrokenInvariant) {
  var written: [UInt8] = []
  JSONWriter.append(to: &written) { $0.value(bytes.span) }
  try check(!written.contains(UInt8(ascii: "<")), "a written text can stand in a script element")
  // The standard library mends text the way the Unicode standard recommends, and so does the writer.
  try check(JSONTree.parse(written) == .string(Array(text(bytes).utf8)), "a written string is the mended text")
}

/// A JSON text as a tree, and a reader that follows the grammar of RFC 8259 rule by rule.
private indirect enum JSONTree: Equatable {
  struct Member: Equatable {
    var name: [UInt8]
    var value: JSONTree
  }

  case object([Member])
  case array([JSONTree])
  case string([UInt8])
  case number(String)
  case bool(Bool)
  case null

  var kind: JSONValue.Kind {
    switch self {
    case .object: .object
    case .array: .array
    case .string: .string
    case .number: .number
    case .bool: .bool
    case .null: .null
    }
  }

  var bool: Bool? { if case .bool(let truth) = self { truth } else { nil } }
  var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  var uint64: UInt64? {
    guard case .number(let digits) = self, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return UInt64(digits)
  }

  /// The part of this tree that the writer can write: members named in `names`, and unsigned numbers.
  var writable: JSONTree {
    switch self {
    case .object(let members):
      .object(
        members.filter { member in names.contains { [UInt8]($0) == member.name } }
          .map { Member(name: $0.name, value: $0.value.writable) })
    case .array(let elements): .array(elements.map(\.writable))
    case .number: .number(String(uint64 ?? 0))
    case .string, .bool, .null: self
    }
  }

  func write(to json: inout JSONWriter) {
    switch self {
    case .object(let members):
      json.beginObject()
      for member in members {
        for name in names where [UInt8](name) == member.name { json.name(name) }
        member.value.write(to: &json)
      }
      json.endObject()
    case .array(let elements):
      json.beginArray()
      for element in elements { element.write(to: &json) }
      json.endArray()
    case .string(let bytes): json.value(bytes.span)
    case .number: json.value(uint64 ?? 0)
    case .bool(let truth): json.value(truth)
    case .null: json.null()
    }
  }

  /// The value that `text` is, or nil if it is not JSON or nested more than 64 deep.
  static func parse(_ text: [UInt8]) -> JSONTree? {
    guard String(validating: text, as: UTF8.self) != nil else { return nil }
    var rest = text[...]
    guard let value = takeValue(&rest, depth: 0), rest.isEmpty else { return nil }
    return value
  }

  /// A value and the white space around it.
  private static func takeValue(_ rest: inout ArraySlice<UInt8>, depth: Int) -> JSONTree? {
    skipSpace(&rest)
    defer { skipSpace(&rest) }
    switch rest.first {
    case UInt8(ascii: "{"): return takeObject(&rest, depth: depth + 1)
    case UInt8(ascii: "["): return takeArray(&rest, depth: depth + 1)
    case UInt8(ascii: "\""): return takeString(&rest).map { .string($0) }
    case UInt8(ascii: "t"): return take("true", &rest) ? .bool(true) : nil
    case UInt8(ascii: "f"): return take("false", &rest) ? .bool(false) : nil
    case UInt8(ascii: "n"): return take("null", &rest) ? .null : nil
    default: return takeNumber(&rest)
    }
  }

  private static func takeObject(_ rest: inout ArraySlice<UInt8>, depth: Int) -> JSONTree? {
    guard take("{", &rest), depth <= 64 else { return nil }
    var members: [Member] = []
    skipSpace(&rest)
    if take("}", &rest) { return .object([]) }
    repeat {
      skipSpace(&rest)
      guard let name = takeString(&rest) else { return nil }
      skipSpace(&rest)
      guard take(":", &rest), let value = takeValue(&rest, depth: depth) else { return nil }
      members.append(Member(name: name, value: value))
    } while take(",", &rest)
    return take("}", &rest) ? .object(members) : nil
  }

  private static func takeArray(_ rest: inout ArraySlice<UInt8>, depth: Int) -> JSONTree? {
    guard take("[", &rest), depth <= 64 else { return nil }
    var elements: [JSONTree] = []
    skipSpace(&rest)
    if take("]", &rest) { return .array([]) }
    repeat {
      guard let value = takeValue(&rest, depth: depth) else { return nil }
      elements.append(value)
    } while take(",", &rest)
    return take("]", &rest) ? .array(elements) : nil
  }

  private static func takeNumber(_ rest: inout ArraySlice<UInt8>) -> JSONTree? {
    let start = rest
    func digits() -> Bool {
      let count = rest.prefix { 0x30...0x39 ~= $0 }.count
      rest = rest.dropFirst(count)
      return count > 0
    }
    _ = take("-", &rest)
    guard take("0", &rest) || digits() else { return nil }
    if take(".", &rest) { guard digits() else { return nil } }
    if take("e", &rest) || take("E", &rest) {
      _ = take("+", &rest) || take("-", &rest)
      guard digits() else { return nil }
    }
    return .number(text(start.dropLast(rest.count)))
  }

  /// A string, its escapes decoded.
  private static func takeString(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard take("\"", &rest) else { return nil }
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return bytes
      case UInt8(ascii: "\\"):
        guard let scalar = takeEscape(&rest) else { return nil }
        bytes += Array(String(Character(scalar)).utf8)
      case 0..<0x20: return nil
      default: bytes.append(byte)
      }
    }
    return nil
  }

  /// What follows a backslash.
  private static func takeEscape(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = takeUnit(&rest) else { return nil }
      guard 0xD800...0xDBFF ~= unit else { return Unicode.Scalar(unit) }
      guard take("\\u", &rest), let low = takeUnit(&rest), 0xDC00...0xDFFF ~= low else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00))
    default: return nil
    }
  }

  /// Four hexadecimal digits.
  private static func takeUnit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
    let digits = rest.prefix(4)
    let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard digits.count == 4, isHexadecimal else { return nil }
    rest = rest.dropFirst(4)
    return UInt32(text(digits), radix: 16)
  }

  private static func take(_ literal: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.starts(with: [UInt8](literal)) else { return false }
    rest = rest.dropFirst(literal.utf8CodeUnitCount)
    return true
  }

  private static func skipSpace(_ rest: inout ArraySlice<UInt8>) {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}
