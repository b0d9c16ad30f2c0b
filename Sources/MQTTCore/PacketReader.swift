// SPDX-License-Identifier: MIT

// The types that fields of packets have, and how each is read. Whatever a field alone can get wrong is refused here.
// MQTT 5.0 section 1.5.

import Bytes

/// A position in a packet behind its fixed header, and the fields that can be read from there.
struct PacketReader: ~Escapable {
  let bytes: Span<UInt8>
  private(set) var position = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// How many bytes are left.
  var remaining: Int { bytes.count - position }

  /// Passes over `count` bytes, and says where they were.
  @_lifetime(self: copy self)
  mutating func range(_ count: Int) throws(MQTTError) -> Range<Int> {
    guard count >= 0, count <= remaining else { throw .truncated }
    defer { position += count }
    return position..<position + count
  }

  /// Whatever is left.
  @_lifetime(self: copy self)
  mutating func rest() -> Range<Int> {
    defer { position = bytes.count }
    return position..<bytes.count
  }

  @_lifetime(self: copy self)
  mutating func byte() throws(MQTTError) -> UInt8 {
    bytes[try range(1).lowerBound]
  }

  /// Two bytes, the higher one first (section 1.5.2).
  @_lifetime(self: copy self)
  mutating func twoByteInteger() throws(MQTTError) -> UInt16 {
    let start = try range(2).lowerBound
    return UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
  }

  /// Four bytes, the highest one first (section 1.5.3).
  @_lifetime(self: copy self)
  mutating func fourByteInteger() throws(MQTTError) -> UInt32 {
    let high = try twoByteInteger()
    return try UInt32(high) << 16 | UInt32(twoByteInteger())
  }

  /// One to four bytes, as few as it takes (section 1.5.5).
  @_lifetime(self: copy self)
  mutating func variableByteInteger() throws(MQTTError) -> Int {
    let rest = bytes.extracting(droppingFirst: position)
    guard let found = try VariableByteInteger(rest, isMinimal: true) else { throw .truncated }
    position += found.size
    return found.value
  }

  /// Bytes behind their number (section 1.5.6).
  @_lifetime(self: copy self)
  mutating func binaryData() throws(MQTTError) -> Range<Int> {
    let count = try twoByteInteger()
    return try range(Int(count))
  }

  /// Text behind the number of its bytes, which are UTF-8 without U+0000 (section 1.5.4).
  @_lifetime(self: copy self)
  mutating func string() throws(MQTTError) -> Range<Int> {
    let range = try binaryData()
    guard bytes.extracting(range).isMQTTString else { throw .invalidUTF8 }
    return range
  }

  /// The number by which a packet is acknowledged (section 2.2.1).
  @_lifetime(self: copy self)
  mutating func packetIdentifier() throws(MQTTError) -> UInt16 {
    let identifier = try twoByteInteger()
    guard identifier != 0 else { throw .invalidPacketIdentifier }
    return identifier
  }

  /// Sees that nothing is left.
  func finish() throws(MQTTError) {
    guard remaining == 0 else { throw .trailingBytes }
  }
}

/// A variable byte integer at the start of some bytes (section 1.5.5).
struct VariableByteInteger {
  /// The largest there is.
  static let maximum = 268_435_455

  /// 0 to `maximum`.
  var value = 0
  /// How many bytes it took.
  var size = 0

  /// Nil if it does not end in these bytes. Only MQTT 5 asks for as few bytes as it takes.
  init?(_ bytes: Span<UInt8>, isMinimal: Bool) throws(MQTTError) {
    while size < 4 {
      guard size < bytes.count else { return nil }
      let byte = bytes[size]
      value |= Int(byte & 0x7F) << (7 * size)
      size += 1
      if byte & 0x80 == 0 {
        guard !isMinimal || byte != 0 || size == 1 else { throw .invalidVariableByteInteger }
        return
      }
    }
    throw .invalidVariableByteInteger
  }
}

extension Span<UInt8> {
  /// Whether these are UTF-8 without a U+0000 (MQTT 5.0 section 1.5.4).
  var isMQTTString: Bool {
    var validator = UTF8Validator()
    guard validator.receive(self), validator.isComplete else { return false }
    for index in indices where self[index] == 0 { return false }
    return true
  }
}
