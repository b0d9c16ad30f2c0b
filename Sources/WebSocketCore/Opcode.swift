// SPDX-License-Identifier: MIT

// What a frame is for: four bits of its first byte. RFC 6455 sections 5.2 and 11.8.

/// The kind of a frame, as its four bits say it (RFC 6455 section 5.2).
///
/// The values 3 to 7 and 11 to 15 are reserved; a frame that has one fails its connection.
public enum Opcode: UInt8, Sendable {
  /// The next part of a fragmented message.
  case continuation = 0x0
  /// A message of UTF-8 text, or its first part.
  case text = 0x1
  /// A message of any bytes, or its first part.
  case binary = 0x2
  /// The last frame that an endpoint sends.
  case close = 0x8
  /// A question that is answered with a pong of the same payload.
  case ping = 0x9
  /// The answer to a ping, or an unasked sign of life.
  case pong = 0xA

  /// Whether such a frame may come between the fragments of a message (RFC 6455 section 5.5).
  ///
  /// Its payload is at most 125 bytes and it is never fragmented itself.
  public var isControl: Bool { rawValue & 0x8 != 0 }

  /// Whether a handler may send a frame of this kind with so many bytes of payload.
  ///
  /// A Close belongs to the closing handshake, and this server never fragments what it sends.
  func maySend(count: Int) -> Bool {
    switch self {
    case .text, .binary: true
    case .ping, .pong: count <= FrameHeader.maximumControlLength
    case .continuation, .close: false
    }
  }
}
