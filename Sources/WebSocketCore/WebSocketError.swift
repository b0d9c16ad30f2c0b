// SPDX-License-Identifier: MIT

// What a peer can do wrong after the handshake. Each breach has its name and knows the code that it closes
// with: RFC 6455 section 7.4.1, and the clause that each case cites.

/// A breach of RFC 6455 by the peer, which ends its connection.
///
/// The Close frame with `closeCode` is queued already when `receive` throws one of these: the transport
/// writes what is pending and closes. Nothing the peer sends afterwards is looked at.
public enum WebSocketError: Error, Hashable, Sendable {
  /// A reserved bit is set that no extension agreed on gives a meaning there (section 5.2).
  case reservedBits
  /// The opcode is 3 to 7 or 11 to 15 (section 5.2).
  case reservedOpcode
  /// A client's frame is not masked (section 5.1).
  case unmaskedFrame
  /// A Close, ping or pong is not in one frame (section 5.5).
  case fragmentedControlFrame
  /// A Close, ping or pong has more than 125 bytes of payload (section 5.5).
  case controlFrameTooLong
  /// A length takes more bytes than it needs (section 5.2).
  case nonMinimalLength
  /// The first bit of a length of 64 bits is set (section 5.2).
  case lengthTooLarge
  /// A continuation frame comes without a message to continue (section 5.4).
  case unexpectedContinuation
  /// A new message begins inside a fragmented one (section 5.4).
  case expectedContinuation
  /// A message is longer than `WebSocketConnection.Limits.messageSize` (section 10.4).
  case messageTooBig
  /// A compressed message is not a DEFLATE stream, or does not end where the message does (RFC 7692 section 7.2.2).
  case invalidCompressedData
  /// Text, or the reason of a Close, is not UTF-8 (section 8.1).
  case invalidUTF8
  /// The payload of a Close is a single byte: half a code (section 5.5.1).
  case malformedClosePayload
  /// A Close carries a code that must not be on the wire (section 7.4).
  case invalidCloseCode

  /// The code that the connection is closed with (section 7.4.1).
  public var closeCode: CloseCode {
    switch self {
    case .reservedBits, .reservedOpcode, .unmaskedFrame, .fragmentedControlFrame, .controlFrameTooLong,
      .nonMinimalLength, .lengthTooLarge, .unexpectedContinuation, .expectedContinuation,
      .malformedClosePayload, .invalidCloseCode:
      .protocolError
    case .messageTooBig: .messageTooBig
    case .invalidUTF8, .invalidCompressedData: .invalidFramePayloadData
    }
  }
}
