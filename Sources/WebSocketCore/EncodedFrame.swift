// SPDX-License-Identifier: MIT

// A frame made once for all clients that get it. A server's frames are not masked (RFC 6455 section 5.1), so
// the bytes are the same for all.

import Bytes

/// A message or a ping as its bytes on the wire, to be sent to any number of connections.
public struct EncodedFrame: Sendable {
  /// The frame's bytes; none if it may not be sent.
  public private(set) var bytes: [UInt8] = []
  /// What the frame is for.
  private(set) var opcode: Opcode
  /// How many of the bytes, the last ones, are payload; of a frame that may not be sent, how many it was to have.
  public private(set) var payloadCount = 0

  /// What the frame carries.
  public var payload: Span<UInt8> { @_lifetime(borrow self) get { bytes.span.extracting(last: payloadCount) } }

  /// The largest frame that a connection copies; larger ones are held by reference.
  @usableFromInline static var maximumCopied: Int { 256 }

  /// A frame with a copy of `payload`, which for text is UTF-8.
  ///
  /// There is no frame, and sending it is refused, for a continuation, for a Close (see
  /// `WebSocketConnection.close`) and for a ping or pong of more than 125 bytes.
  public init(_ opcode: Opcode, _ payload: Span<UInt8>) {
    self.opcode = opcode
    encode(opcode, payload)
  }

  /// Makes this another frame, by the rules of `init(_:_:)`, in the same memory unless a connection still holds on to
  /// it.
  public mutating func encode(_ opcode: Opcode, _ payload: Span<UInt8>) {
    bytes.clear()
    self.opcode = opcode
    payloadCount = payload.count
    guard opcode.maySend(count: payload.count) else { return }
    let header = OutgoingHeader(opcode, count: payload.count)
    bytes.reserveCapacity(header.bytes.count + payload.count)
    bytes.append(header.bytes)
    bytes.append(payload)
  }
}
