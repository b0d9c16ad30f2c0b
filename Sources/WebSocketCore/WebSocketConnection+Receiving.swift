// SPDX-License-Identifier: MIT

// From bytes to events. A frame that lies whole in what was read is unmasked straight into the caller's
// scratch buffer; of one that a read cut, the connection keeps the bytes it has. Every cut of the same bytes
// gives the same events and the same errors. RFC 6455 sections 5.2 to 5.6, 6.2 and 8.1.

import Bytes
public import Timebase

extension WebSocketConnection {
  /// What a call of `receive` came upon.
  public enum Event: Hashable, Sendable {
    /// The input is used up.
    case needData
    /// A message of text, checked UTF-8.
    case text
    /// A message of any bytes.
    case binary
    /// A ping, whose pong is queued already.
    case ping
    /// A pong, asked for or not.
    case pong
    /// The peer's Close: `closeCode` and `closeReason` say why, and its answer is queued.
    case closed
  }

  /// How much of the input `receive` took, and what it came upon.
  public struct Received: Sendable {
    /// How many bytes of the input are done with; more than none unless the input was empty.
    public var taken: Int
    /// What the last of them completed.
    public var event: Event
  }

  /// Takes bytes until an event is complete or the input is used up.
  ///
  /// The payload of a message, ping or pong is then all that `scratch` holds, and stays the caller's; one
  /// array serves all connections of a server. Call again with the rest of the input until it is used up.
  /// After the end of the connection input is taken and dropped.
  ///
  /// - Throws: the breach, at the earliest byte that shows it. The Close that says so is then queued and the
  ///   state is `closed`.
  public mutating func receive(
    _ input: Span<UInt8>, now: MonotonicTime, scratch: inout [UInt8]
  ) throws(WebSocketError) -> Received {
    guard state != .closed, !input.isEmpty else { return Received(taken: input.count, event: .needData) }
    noteLife(now: now)
    #if !WITHOUT_FAST_PATHS
      if let received = receiveShort(input, scratch: &scratch) { return received }
    #endif
    return try receiveAny(input, now: now, scratch: &scratch)
  }

  // Never inlined, so that the short way is kept free of what this one needs.
  #if !WITHOUT_FAST_PATHS
    @inline(never)
  #endif
  private mutating func receiveAny(
    _ input: Span<UInt8>, now: MonotonicTime, scratch: inout [UInt8]
  ) throws(WebSocketError) -> Received {
    do throws(WebSocketError) {
      return try nextEvent(in: input, now: now, scratch: &scratch)
    } catch {
      fail(error, now: now)
      throw error
    }
  }

  private mutating func nextEvent(
    in input: Span<UInt8>, now: MonotonicTime, scratch: inout [UInt8]
  ) throws(WebSocketError) -> Received {
    var taken = 0
    while taken < input.count {
      if frame.remaining == 0 {
        guard let header = try nextHeader(in: input, taken: &taken) else { break }
        let length = try acceptedLength(of: header)
        if header.isWholeMessage, !header.isCompressed, length <= input.count - taken {
          let payload = input.extracting(taken..<taken + length)
          let isASCII = scratch.replaceAll(with: payload, unmaskedWith: header.key)
          let event = try finish(header.opcode, isASCII: isASCII, now: now, scratch: scratch)
          return Received(taken: taken + length, event: event)
        }
        begin(header, length: length)
      }
      let part = min(frame.remaining, input.count - taken)
      try take(input.extracting(taken..<taken + part), scratch: &scratch)
      taken += part
      if frame.remaining == 0, let event = try finishFrame(now: now, scratch: &scratch) {
        return Received(taken: taken, event: event)
      }
    }
    return Received(taken: taken, event: .needData)
  }

  /// The header that begins at `taken` or began in an earlier read; nil if the input ends before it does.
  private mutating func nextHeader(
    in input: Span<UInt8>, taken: inout Int
  ) throws(WebSocketError) -> FrameHeader? {
    let allowsCompression = codec != nil
    if cutHeader.isEmpty,
      let header = try FrameHeader(input.extracting(droppingFirst: taken), allowsCompression: allowsCompression)
    {
      taken += header.size
      return header
    }
    while taken < input.count {
      cutHeader.append(input[taken])
      taken += 1
      if let header = try FrameHeader(cutHeader.bytes, allowsCompression: allowsCompression) {
        cutHeader = CutHeader()
        return header
      }
    }
    return nil
  }

  /// The length of the payload that a header announces, if the frame may come here and is not too long.
  private func acceptedLength(of header: FrameHeader) throws(WebSocketError) -> Int {
    switch header.opcode {
    case .continuation:
      guard assembly.opcode != nil else { throw .unexpectedContinuation }
    case .text, .binary:
      guard assembly.opcode == nil else { throw .expectedContinuation }
    case .close, .ping, .pong:
      return Int(truncatingIfNeeded: header.length)  // at most 125
    }
    // A compressed message is inflated as it comes: its inflated size counts, not the size on the wire.
    if header.isCompressed || assembly.isCompressed { return Int(clamping: header.length) }
    let room = limits.messageSize - assembly.count  // never negative: what is there was let in here
    guard header.length <= UInt64(room) else { throw .messageTooBig }
    return Int(truncatingIfNeeded: header.length)
  }

  /// Begins a frame that the read cut, or that is a part of a message.
  private mutating func begin(_ header: FrameHeader, length: Int) {
    frame = PartialFrame(opcode: header.opcode, isFinal: header.isFinal, key: header.key, remaining: length)
    if header.opcode == .text || header.opcode == .binary {
      assembly.begin(header.opcode, isCompressed: header.isCompressed)
    }
  }

  /// Keeps a part of the payload of the frame that is under way.
  private mutating func take(_ payload: Span<UInt8>, scratch: inout [UInt8]) throws(WebSocketError) {
    if frame.opcode.isControl {
      assembly.appendControl(payload, unmaskedWith: frame.key)
    } else if assembly.isCompressed {
      try takeCompressed(payload, scratch: &scratch)
    } else {
      try assembly.append(payload, unmaskedWith: frame.key)
    }
    frame.key.advance(by: payload.count)
    frame.remaining -= payload.count
  }

  /// Ends the frame that is under way; nil if its message continues.
  private mutating func finishFrame(
    now: MonotonicTime, scratch: inout [UInt8]
  ) throws(WebSocketError) -> Event? {
    if frame.opcode.isControl {
      assembly.finishControl(into: &scratch)
      return try finish(frame.opcode, isASCII: false, now: now, scratch: scratch)
    }
    guard frame.isFinal else { return nil }
    return try assembly.finish(into: &scratch) == .text ? .text : .binary
  }

  /// Does what a frame whose payload is in `scratch` asks for.
  private mutating func finish(
    _ opcode: Opcode, isASCII: Bool, now: MonotonicTime, scratch: [UInt8]
  ) throws(WebSocketError) -> Event {
    switch opcode {
    case .text:
      guard isASCII || scratch.span.isUTF8 else { throw .invalidUTF8 }
      return .text
    case .binary, .continuation:  // a continuation is assembled and does not come here
      return .binary
    case .ping:
      answerPing(scratch.span)
      return .ping
    case .pong:
      return .pong
    case .close:
      try receiveClose(scratch.span, now: now)
      return .closed
    }
  }
}

extension FrameHeader {
  /// Whether the frame stands for itself: a message of one frame, or a control frame.
  fileprivate var isWholeMessage: Bool { isFinal && opcode != .continuation }
}

extension Span<UInt8> {
  /// Whether these are whole characters of UTF-8 (RFC 3629).
  var isUTF8: Bool {
    @inline(never) get {
      var validator = UTF8Validator()
      return validator.receive(self) && validator.isComplete
    }
  }
}
