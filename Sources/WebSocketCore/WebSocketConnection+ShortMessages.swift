// SPDX-License-Identifier: MIT

// The short way that nearly all messages come and go: one frame of at most 125 bytes, which lies whole in what was read.
// Its header is two bytes, and the key in what comes: they are read and written where they lie, and nothing of the frame
// has to be remembered.
//
// The rule: this way refuses nothing and decides nothing that the general way would not. Whatever is not plainly such a
// message, or may be wrong, is left to that one, untouched. A test feeds both the same bytes and compares.
// RFC 6455 section 5.2.

#if !WITHOUT_FAST_PATHS
  public import Bytes

  extension WebSocketConnection {
    /// The message at the start of `input`, if it came the short way; its payload is then all that `scratch` holds.
    @inline(__always)
    mutating func receiveShort(_ input: Span<UInt8>, scratch: inout [UInt8]) -> Received? {
      guard input.count >= 6, isBetweenMessages else { return nil }
      let event: Event
      switch input[0] {  // FIN, nothing reserved, and what it is
      case 0x81: event = .text
      case 0x82: event = .binary
      default: return nil
      }
      // MASK taken away from a byte that has it; one that has not, and both longer forms, come out above 125.
      let length = Int(input[1] ^ 0x80)
      guard length <= 125, length <= limits.messageSize, length <= input.count - 6 else { return nil }
      let key = MaskingKey(input[2], input[3], input[4], input[5])
      let isASCII = scratch.replaceAll(with: input.extracting(6..<6 + length), unmaskedWith: key)
      guard isASCII || event == .binary || scratch.span.isUTF8 else { return nil }
      return Received(taken: 6 + length, event: event)
    }

    /// Queues a message, if it goes the short way: plain, in a frame whose header is two bytes.
    @inlinable @inline(__always)
    mutating func sendShort(_ opcode: Opcode, _ payload: Span<UInt8>) -> Bool {
      guard state == .open, payload.count <= 125, opcode == .text || opcode == .binary else { return false }
      guard codec == nil || payload.count < Self.minimumCompressed else { return false }
      output.append(0x80 | opcode.rawValue, UInt8(truncatingIfNeeded: payload.count), payload)
      return true
    }

    /// Whether the next byte is the first of a frame, and no message is under way that it may go on with.
    private var isBetweenMessages: Bool { frame.remaining == 0 && cutHeader.isEmpty && assembly.opcode == nil }
  }
#endif
