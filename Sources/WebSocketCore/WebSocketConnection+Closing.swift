// SPDX-License-Identifier: MIT

// How a connection ends: by our Close and the peer's answer, by the peer's and ours, by a breach of the
// protocol, or by the end of the stream. RFC 6455 sections 5.5.1, 7.1 and 7.4.

import Bytes
public import Timebase

extension WebSocketConnection {
  /// Begins the closing handshake: queues a Close, after which nothing is sent, and waits for the peer's
  /// until `closeTimeout` has passed.
  ///
  /// A code that may not be on the wire (1005, say) sends a Close without code and reason. `reason` is UTF-8
  /// and cut to 123 bytes at the end of a character; one that is not UTF-8 is left out. A second call does
  /// nothing.
  public mutating func close(_ code: CloseCode, reason: Span<UInt8> = Span(), now: MonotonicTime) {
    guard state == .open else { return }
    queueClose(code, reason: reason, now: now)
    move(on: .closeSent)
  }

  /// Says that the peer's stream has ended: without a Close before it the code is 1006.
  public mutating func receiveEndOfStream() {
    guard state != .closed else { return }
    end(on: .streamEnded)
    dropOutput()
  }

  /// Ends the connection because of the peer's Close; the first Close that comes says why.
  mutating func receiveClose(_ payload: Span<UInt8>, now: MonotonicTime) throws(WebSocketError) {
    let code: CloseCode
    switch payload.count {
    case 0: code = .noStatusReceived
    case 1: throw .malformedClosePayload
    default: code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    }
    let reason = payload.extracting(droppingFirst: 2)
    guard payload.isEmpty || code.mayBeSent else { throw .invalidCloseCode }
    guard reason.isUTF8 else { throw .invalidUTF8 }
    // Section 5.5.1: the answer echoes the code.
    if state == .open { queueClose(code, reason: Span(), now: now) }
    closeCode = code
    closeReason = [UInt8](reason)
    end(on: .closeReceived)
  }

  /// Fails the connection (section 7.1.7).
  mutating func fail(_ error: WebSocketError, now: MonotonicTime) {
    if state == .open { queueClose(error.closeCode, reason: Span(), now: now) }
    closeCode = error.closeCode
    end(on: .failed)
  }

  /// Ends the connection because the peer let a deadline pass; `reason` says which.
  mutating func die(_ reason: StaticString) {
    #if !hasFeature(Embedded)  // whose log has no line for it
      if state != .closed { closeReason = [UInt8](reason) }
    #endif
    end(on: .timedOut)
    isDead = true
    dropOutput()
  }

  private mutating func end(on trigger: State.Trigger) {
    move(on: trigger)
    assembly = MessageAssembly()
  }

  private mutating func queueClose(_ code: CloseCode, reason: Span<UInt8>, now: MonotonicTime) {
    var payload: [UInt8] = []
    if code.mayBeSent {
      payload.append(UInt8(truncatingIfNeeded: code.rawValue >> 8))
      payload.append(UInt8(truncatingIfNeeded: code.rawValue))
      let cut = reason.cut(to: FrameHeader.maximumControlLength - 2)
      if cut.isUTF8 { payload.append(cut) }
    }
    waitingPong = []  // a Close outranks it
    append(.close, payload.span)
    deadline = now + timing.closeTimeout
  }
}

extension Span<UInt8> {
  /// At most `limit` bytes from the start, ending where a character of UTF-8 ends.
  @_lifetime(copy self)
  fileprivate func cut(to limit: Int) -> Span<UInt8> {
    guard count > limit else { return self }
    var end = limit
    while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }  // 10xxxxxx goes on with a character
    return extracting(first: end)
  }
}
