// SPDX-License-Identifier: MIT

// RFC 6455 read plainly: the frames of a whole stream, one after the other, with no thought of speed or of cuts. It
// says what a machine must come upon, up to the first breach; a breach counts as soon as its first bytes are there.

import WebSocketCore

enum FrameModel {
  /// What a receiver comes upon.
  enum Seen: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case closed(UInt16, [UInt8])
    case refused(WebSocketError)
  }

  static func read(_ input: [UInt8], messageSize: Int) -> [Seen] {
    var reader = Reader(rest: input[...], messageSize: messageSize)
    do throws(WebSocketError) {
      while try reader.readFrame() {}
    } catch {
      reader.seen.append(.refused(error))
    }
    return reader.seen
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>
    let messageSize: Int
    var seen: [Seen] = []
    /// The message under way.
    var opcode: Opcode?
    var message: [UInt8] = []

    /// Reads one frame; false at the end of the input or of the connection.
    mutating func readFrame() throws(WebSocketError) -> Bool {
      guard let first = rest.popFirst() else { return false }
      guard first & 0x70 == 0 else { throw .reservedBits }
      guard let opcode = Opcode(rawValue: first & 0xF) else { throw .reservedOpcode }
      let isFinal = first >= 0x80
      guard isFinal || !opcode.isControl else { throw .fragmentedControlFrame }
      guard let second = rest.popFirst() else { return false }
      guard second >= 0x80 else { throw .unmaskedFrame }
      guard !opcode.isControl || second & 0x7F <= 125 else { throw .controlFrameTooLong }
      guard let length = try readLength(second & 0x7F), rest.count >= 4 else { return false }
      let key = Array(rest.prefix(4))
      rest = rest.dropFirst(4)
      return try readPayload(opcode, length: length, key: key, isFinal: isFinal)
    }

    private mutating func readLength(_ short: UInt8) throws(WebSocketError) -> UInt64? {
      let extended = short == 126 ? 2 : short == 127 ? 8 : 0
      if extended == 8, let first = rest.first, first >= 0x80 { throw .lengthTooLarge }
      guard rest.count >= extended else { return nil }
      let length = extended == 0 ? UInt64(short) : rest.prefix(extended).reduce(0) { $0 << 8 | UInt64($1) }
      rest = rest.dropFirst(extended)
      guard extended == 0 || length > (extended == 2 ? 125 : 65_535) else { throw .nonMinimalLength }
      return length
    }

    private mutating func readPayload(
      _ opcode: Opcode, length: UInt64, key: [UInt8], isFinal: Bool
    ) throws(WebSocketError) -> Bool {
      if opcode.isControl {
        guard rest.count >= Int(length) else { return false }
        return try readControl(opcode, takePayload(Int(length), key))
      }
      if opcode == .continuation {
        guard self.opcode != nil else { throw .unexpectedContinuation }
      } else {
        guard self.opcode == nil else { throw .expectedContinuation }
      }
      guard length <= UInt64(messageSize - message.count) else { throw .messageTooBig }
      self.opcode = self.opcode ?? opcode
      let isCut = rest.count < Int(length)
      message += takePayload(min(Int(length), rest.count), key)
      if self.opcode == .text, !isUTF8(message, mayBeCut: isCut || !isFinal) { throw .invalidUTF8 }
      guard !isCut else { return false }
      guard isFinal else { return true }
      seen.append(self.opcode == .text ? .text(message) : .binary(message))
      self.opcode = nil
      message = []
      return true
    }

    private mutating func readControl(_ opcode: Opcode, _ payload: [UInt8]) throws(WebSocketError) -> Bool {
      switch opcode {
      case .ping: seen.append(.ping(payload))
      case .pong: seen.append(.pong(payload))
      default:
        guard payload.count != 1 else { throw .malformedClosePayload }
        let code = payload.isEmpty ? 1005 : UInt16(payload[0]) << 8 | UInt16(payload[1])
        let mayBeSent = 1000...1003 ~= code || 1007...1014 ~= code || 3000...4999 ~= code
        guard payload.isEmpty || mayBeSent else { throw .invalidCloseCode }
        guard isUTF8(Array(payload.dropFirst(2)), mayBeCut: false) else { throw .invalidUTF8 }
        seen.append(.closed(code, Array(payload.dropFirst(2))))
        return false
      }
      return true
    }

    private mutating func takePayload(_ count: Int, _ key: [UInt8]) -> [UInt8] {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).enumerated().map { $1 ^ key[$0 % 4] }
    }

    /// Whether the standard library calls this UTF-8; if it may be cut, whether it would with a few bytes more.
    private func isUTF8(_ bytes: [UInt8], mayBeCut: Bool) -> Bool {
      if String(validating: bytes, as: UTF8.self) != nil { return true }
      guard mayBeCut else { return false }
      let seconds: [[UInt8]] = [[0x80], [0x90], [0xA0], [0xBF]]
      let endings = seconds + seconds.flatMap { [$0 + [0x80], $0 + [0x80, 0x80]] }
      return endings.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
    }
  }
}
