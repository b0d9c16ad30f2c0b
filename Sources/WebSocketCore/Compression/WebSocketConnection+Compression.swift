// SPDX-License-Identifier: MIT

// Where compressed messages leave the way of the others: on their way in before they are kept, on their way out before
// they are framed. A firmware's connection has no codec and none of this. RFC 7692 sections 6 and 7.2.

import Bytes

extension WebSocketConnection {
  #if hasFeature(Embedded)
    @usableFromInline static var minimumCompressed: Int { .max }

    func takeCompressed(_ payload: Span<UInt8>, scratch: inout [UInt8]) throws(WebSocketError) {}
    func appendCompressed(_ opcode: Opcode, _ payload: Span<UInt8>) -> Bool { false }
  #else
    /// Below this size the frame's header is most of what could be saved, and the peer's work is not.
    @usableFromInline static var minimumCompressed: Int { 64 }

    /// Unfolds a part of the payload of a compressed message's frame, as it comes.
    mutating func takeCompressed(_ payload: Span<UInt8>, scratch: inout [UInt8]) throws(WebSocketError) {
      guard let codec else { return }  // never: a header that says so without a codec was refused
      _ = scratch.replaceAll(with: payload, unmaskedWith: frame.key)
      let isLast = frame.isFinal && frame.remaining == payload.count
      let input = scratch.span
      try assembly.append { bytes throws(WebSocketError) in
        try codec.inflate(input, isLast: isLast, to: &bytes, limit: limits.messageSize)
      }
    }

    /// Queues a message in compressed form, if it is one that is worth it and the peer has agreed.
    mutating func appendCompressed(_ opcode: Opcode, _ payload: Span<UInt8>) -> Bool {
      guard payload.count >= Self.minimumCompressed, !opcode.isControl, let codec else { return false }
      codec.deflate(payload) { deflated in
        output.append(OutgoingHeader(opcode, count: deflated.count, isCompressed: true).bytes, deflated)
      }
      return true
    }
  #endif
}
