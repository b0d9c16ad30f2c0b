// SPDX-License-Identifier: MIT

// What a connection keeps of a message that one read did not complete: its payload so far, unmasked, and how
// far its text has been checked. A control frame may come between two fragments and be cut by a read as
// well; its payload waits in the same array, behind the message's. RFC 6455 sections 5.4 and 8.1.

import Bytes

/// The part of a message that has come, and behind it the part of a control frame's payload.
struct MessageAssembly: Sendable {
  private var bytes: [UInt8] = []
  /// What the message under way is; nil if there is none.
  private(set) var opcode: Opcode?
  /// Whether the message under way is compressed; what is kept of it is not.
  private(set) var isCompressed = false
  private var controlCount: UInt8 = 0
  private var validator = UTF8Validator()  // at the start of a character again after each message

  /// Arrays up to this many bytes stay with the connection for its next message.
  private static let keptCapacity = 1024

  /// How many bytes of the message have come; asked only between frames, when no part of a control frame
  /// waits.
  var count: Int { bytes.count }

  /// How much memory stays with the connection.
  var capacity: Int { bytes.capacity }

  /// Begins a message of this kind.
  mutating func begin(_ opcode: Opcode, isCompressed: Bool) {
    self.opcode = opcode
    self.isCompressed = isCompressed
  }

  /// Appends a part of the message's payload; text must be UTF-8 as far as it goes.
  mutating func append(_ payload: Span<UInt8>, unmaskedWith key: MaskingKey) throws(WebSocketError) {
    let start = bytes.count
    let isASCII = bytes.append(payload, unmaskedWith: key)
    guard !(isASCII && validator.isComplete) else { return }
    try validate(from: start)
  }

  /// Lets `append` add to the message's payload, and checks what it added as `append(_:unmaskedWith:)` does.
  mutating func append(
    _ append: (inout [UInt8]) throws(WebSocketError) -> Void
  ) throws(WebSocketError) {
    let start = bytes.count
    try append(&bytes)
    try validate(from: start)
  }

  private mutating func validate(from start: Int) throws(WebSocketError) {
    guard opcode == .text else { return }
    var validator = validator
    guard validator.receive(bytes.span.extracting(start..<bytes.count)) else { throw .invalidUTF8 }
    self.validator = validator
  }

  /// Appends a part of a control frame's payload, of which there are at most 125 bytes.
  mutating func appendControl(_ payload: Span<UInt8>, unmaskedWith key: MaskingKey) {
    _ = bytes.append(payload, unmaskedWith: key)
    controlCount += UInt8(truncatingIfNeeded: payload.count)
  }

  /// Ends the message, moves it to `scratch` and says what it was.
  mutating func finish(into scratch: inout [UInt8]) throws(WebSocketError) -> Opcode? {
    guard opcode != .text || validator.isComplete else { throw .invalidUTF8 }
    if bytes.capacity <= Self.keptCapacity {
      scratch.clear()
      scratch.append(bytes.span)
      bytes.clear()
    } else {
      scratch = bytes
      bytes = []
    }
    defer {
      opcode = nil
      isCompressed = false
    }
    return opcode
  }

  /// Moves the payload of the control frame to `scratch`.
  mutating func finishControl(into scratch: inout [UInt8]) {
    scratch.clear()
    scratch.append(bytes.span.extracting(last: Int(controlCount)))
    bytes.removeLast(Int(controlCount))
    controlCount = 0
  }

  /// Gives back the memory if nothing waits in it.
  mutating func trim() {
    if bytes.isEmpty { bytes = [] }
  }
}
