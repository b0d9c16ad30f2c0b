// SPDX-License-Identifier: MIT

// The bytes before a frame's payload: read from a client, written for a client. Whatever a header alone can
// get wrong is refused here, at the first byte that shows it; what depends on the frames before is the
// connection's affair. RFC 6455 sections 5.1, 5.2 and 5.5.

/// The header of a frame that a client sent (RFC 6455 section 5.2).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
///     |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
///     |N|V|V|V|       |S|             |   (if payload len==126/127)   |
///     | |1|2|3|       |K|             |                               |
///     +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
///     |     Extended payload length continued, if payload len == 127  |
///     + - - - - - - - - - - - - - - - +-------------------------------+
///     |                               |Masking-key, if MASK set to 1  |
///     +-------------------------------+-------------------------------+
///     | Masking-key (continued)       |          Payload Data         |
///     +-------------------------------- - - - - - - - - - - - - - - - +
struct FrameHeader: Sendable {
  /// Whether this is the last (or only) frame of its message.
  var isFinal: Bool
  /// Whether the frame begins a compressed message: its bit RSV1 (RFC 7692 section 6).
  var isCompressed: Bool
  /// What the frame is for.
  var opcode: Opcode
  /// How many bytes this header took: 6 to 14.
  var size: Int
  /// How many bytes of payload follow, at most 2^63 - 1.
  var length: UInt64
  /// What the payload is masked with.
  var key: MaskingKey

  /// RSV1 in the first byte.
  static let compressedBit: UInt8 = 0x40
  /// The longest payload of a control frame (section 5.5).
  static let maximumControlLength = 125

  /// Reads the header at the start of `bytes`; nil if it does not end there.
  ///
  /// RSV1 may be set if compression was agreed on, and only where a message begins (RFC 7692 section 6.1).
  init?(_ bytes: Span<UInt8>, allowsCompression: Bool) throws(WebSocketError) {
    guard bytes.count > 0 else { return nil }
    let first = bytes[0]
    isCompressed = first & Self.compressedBit != 0
    guard first & 0x30 == 0, !isCompressed || allowsCompression else { throw .reservedBits }
    guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .reservedOpcode }
    guard !isCompressed || opcode == .text || opcode == .binary else { throw .reservedBits }
    isFinal = first & 0x80 != 0
    guard isFinal || !opcode.isControl else { throw .fragmentedControlFrame }
    self.opcode = opcode

    guard bytes.count > 1 else { return nil }
    guard bytes[1] & 0x80 != 0 else { throw .unmaskedFrame }
    let short = Int(bytes[1] & 0x7F)
    guard short <= Self.maximumControlLength || !opcode.isControl else { throw .controlFrameTooLong }

    let keyStart: Int
    switch short {
    case 126:
      guard bytes.count >= 4 else { return nil }
      keyStart = 4
      length = UInt64(bytes[2]) << 8 | UInt64(bytes[3])
      guard length > 125 else { throw .nonMinimalLength }
    case 127:
      guard bytes.count > 2 else { return nil }
      guard bytes[2] & 0x80 == 0 else { throw .lengthTooLarge }
      guard bytes.count >= 10 else { return nil }
      keyStart = 10
      length = 0
      for index in 2..<10 { length = length << 8 | UInt64(bytes[index]) }
      guard length > 0xFFFF else { throw .nonMinimalLength }
    default:
      keyStart = 2
      length = UInt64(short)
    }
    size = keyStart + 4
    guard bytes.count >= size else { return nil }
    key = MaskingKey(bytes[keyStart], bytes[keyStart + 1], bytes[keyStart + 2], bytes[keyStart + 3])
  }
}

/// The header of a frame that the server sends: final, never masked (section 5.1), of the shortest form.
struct OutgoingHeader {
  private var storage: InlineArray<10, UInt8>
  private var size: Int

  /// The header before `count` bytes of payload.
  init(_ opcode: Opcode, count: Int, isCompressed: Bool = false) {
    let first = 0x80 | opcode.rawValue | (isCompressed ? FrameHeader.compressedBit : 0)
    let length = UInt64(count)
    func byte(_ place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: length &>> (8 &* place)) }
    switch count {
    case ...125:
      storage = [first, byte(0), 0, 0, 0, 0, 0, 0, 0, 0]
      size = 2
    case ...0xFFFF:
      storage = [first, 126, byte(1), byte(0), 0, 0, 0, 0, 0, 0]
      size = 4
    default:
      storage = [first, 127, byte(7), byte(6), byte(5), byte(4), byte(3), byte(2), byte(1), byte(0)]
      size = 10
    }
  }

  /// The header's bytes: 2, 4 or 10.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self) get { storage.span.extracting(first: size) }
  }
}
