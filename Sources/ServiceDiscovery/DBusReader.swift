// SPDX-License-Identifier: MIT

// Messages from the system's bus. Of the header what tells answers and signals apart is kept; of the body the first
// texts and numbers, which is all that its answers here have. Source: D-Bus Specification 0.43, "Marshaling (Wire
// Format)" and "Message Format".

/// What does not follow the specification.
enum DBusError: Error, Equatable {
  case malformed
}

/// A message from the bus.
struct DBusMessage: Equatable {
  enum Kind: UInt8 {
    case call = 1
    case answer, error, signal
  }

  /// An argument of a kind that we are sent.
  enum Value: Equatable {
    case text(String)
    case number(UInt32)
  }

  let kind: Kind
  /// The number of the call that this answers.
  private(set) var answers: UInt32 = 0
  private(set) var path = ""
  private(set) var interface = ""
  private(set) var member = ""
  private(set) var errorName = ""
  /// The arguments up to the first of another kind.
  private(set) var values: [Value] = []

  /// No message that concerns us is longer; the specification allows 128 MB.
  static let limit = 65_536

  /// The message at the start of `bytes`, and how long it is; nil if its end has not come yet.
  static func read(_ bytes: ArraySlice<UInt8>) throws(DBusError) -> (message: DBusMessage, length: Int)? {
    var reader = DBusReader(bytes)
    guard bytes.count >= 16 else { return nil }
    let start = try reader.bytes(4)
    guard let order = start.first, order == UInt8(ascii: "l") || order == UInt8(ascii: "B"), start.last == 1 else {
      throw .malformed
    }
    reader.isBigEndian = order == UInt8(ascii: "B")
    let bodyLength = try reader.number()
    _ = try reader.number()  // its serial number
    let fieldsLength = try reader.number()
    guard bodyLength <= limit, fieldsLength <= limit else { throw .malformed }
    let bodyStart = (16 + Int(fieldsLength) + 7) / 8 * 8
    let length = bodyStart + Int(bodyLength)
    guard bytes.count >= length else { return nil }
    guard let kind = Kind(rawValue: start[start.startIndex + 1]) else { throw .malformed }
    var message = DBusMessage(kind: kind)
    reader.end = bytes.startIndex + 16 + Int(fieldsLength)
    let signature = try message.takeFields(&reader)
    var body = DBusReader(bytes[(bytes.startIndex + bodyStart)..<(bytes.startIndex + length)])
    body.isBigEndian = reader.isBigEndian
    try message.takeValues(&body, signature)
    return (message, length)
  }

  private init(kind: Kind) { self.kind = kind }

  /// Reads the fields of the header; the types of the body.
  private mutating func takeFields(_ reader: inout DBusReader) throws(DBusError) -> String {
    var signature = ""
    while !reader.isAtEnd {
      try reader.align(to: 8)
      let code = try reader.byte()
      switch try reader.signature() {
      case "s", "o":
        let text = try reader.text()
        switch code {
        case 1: path = text
        case 2: interface = text
        case 3: member = text
        case 4: errorName = text
        default: break  // the destination, which is we, and the sender
        }
      case "u":
        let number = try reader.number()
        if code == 5 { answers = number }
      case "g": signature = try reader.signature()
      default: throw .malformed  // the bus sends no other
      }
    }
    return signature
  }

  private mutating func takeValues(_ reader: inout DBusReader, _ signature: String) throws(DBusError) {
    for type in signature {
      switch type {
      case "s", "o": values.append(.text(try reader.text()))
      case "i", "u": values.append(.number(try reader.number()))
      default: return
      }
    }
  }
}

/// Reads values, each aligned from the start.
private struct DBusReader {
  private let content: ArraySlice<UInt8>
  private var position: Int
  var end: Int
  var isBigEndian = false

  init(_ content: ArraySlice<UInt8>) {
    self.content = content
    (position, end) = (content.startIndex, content.endIndex)
  }

  var isAtEnd: Bool { position >= end }

  mutating func bytes(_ count: Int) throws(DBusError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= end - position else { throw .malformed }
    defer { position += count }
    return content[position..<(position + count)]
  }

  mutating func align(to size: Int) throws(DBusError) {
    let beyond = (position - content.startIndex) % size
    if beyond > 0 { _ = try bytes(size - beyond) }
  }

  mutating func byte() throws(DBusError) -> UInt8 {
    guard let byte = try bytes(1).first else { throw .malformed }
    return byte
  }

  mutating func number() throws(DBusError) -> UInt32 {
    try align(to: 4)
    let four = try bytes(4)
    return isBigEndian
      ? four.reduce(0) { $0 << 8 | UInt32($1) } : four.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func text() throws(DBusError) -> String { try text(ofLength: Int(number())) }

  mutating func signature() throws(DBusError) -> String { try text(ofLength: Int(byte())) }

  private mutating func text(ofLength count: Int) throws(DBusError) -> String {
    let text = String(decoding: try bytes(count), as: UTF8.self)
    guard try byte() == 0 else { throw .malformed }
    return text
  }
}
