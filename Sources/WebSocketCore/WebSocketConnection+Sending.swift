// SPDX-License-Identifier: MIT

// From messages to bytes. Nothing follows a Close. Pongs never pile up: of the pings that come while sixteen
// pongs still wait for the transport only the newest is answered, which section 5.5.3 allows. So a flood of
// pings from a client that does not read costs seventeen pongs, at most 2 KB, and no pong waits for more than
// was queued before it. RFC 6455 sections 5.1, 5.5.3 and 6.1.

public import Bytes

extension WebSocketConnection {
  /// How many pongs may wait for the transport before the newest ping is answered alone.
  static let maximumPongs: UInt8 = 16

  // Both kinds of `send` are inlined where a hub calls them: for each message and each recipient.

  /// Queues a message, or an unasked ping or pong, as one frame; text must be UTF-8.
  ///
  /// False: nothing was queued, since the connection is closing or `EncodedFrame` would refuse the same.
  #if !WITHOUT_FAST_PATHS
    @inlinable @inline(__always)
  #endif
  public mutating func send(_ opcode: Opcode, _ payload: Span<UInt8>) -> Bool {
    #if !WITHOUT_FAST_PATHS
      if sendShort(opcode, payload) { return true }
    #endif
    return sendAny(opcode, payload)
  }

  @usableFromInline
  mutating func sendAny(_ opcode: Opcode, _ payload: Span<UInt8>) -> Bool {
    guard state == .open, opcode.maySend(count: payload.count) else { return false }
    if !appendCompressed(opcode, payload) { append(opcode, payload) }
    return true
  }

  /// Queues a frame that was made for many: a small one as a copy, a large one by reference.
  ///
  /// False: nothing was queued, since the connection is closing or there is no such frame.
  #if !WITHOUT_FAST_PATHS
    @inlinable @inline(__always)
  #endif
  public mutating func send(_ frame: EncodedFrame) -> Bool {
    guard state == .open, !frame.bytes.isEmpty else { return false }
    #if !WITHOUT_FAST_PATHS
      if codec == nil, frame.bytes.count <= EncodedFrame.maximumCopied {
        output.append(frame.bytes.span)
        return true
      }
    #endif
    append(frame)
    return true
  }

  @usableFromInline
  mutating func append(_ frame: EncodedFrame) {
    if appendCompressed(frame.opcode, frame.payload) { return }
    if frame.bytes.count <= EncodedFrame.maximumCopied {
      output.append(frame.bytes.span)
    } else {
      output.append(SharedBytes(frame.bytes))
    }
  }

  /// Sends a frame that was made for many past the queue if nothing waits there: only what `accept` leaves is queued.
  ///
  /// `accept` is that of `writeOutput`. False as in `send`.
  public mutating func send(_ frame: EncodedFrame, offeringTo accept: (Span<UInt8>) -> Int) -> Bool {
    #if !hasFeature(Embedded)  // there it would be code for what the queue does as well
      if state == .open, codec == nil, pendingOutput == 0, !frame.bytes.isEmpty {
        let count = frame.bytes.count
        let taken = min(max(accept(frame.bytes.span), 0), count)
        if taken < count { output.append(SharedBytes(frame.bytes), taken..<count) }
        return true
      }
    #endif
    guard send(frame) else { return false }
    writeOutput(accept)
    return true
  }

  /// How many bytes wait to be written.
  @inlinable
  public var pendingOutput: Int { output.count &+ waitingPong.count }

  /// Offers the bytes that wait, oldest first, until `accept` takes less than it is offered.
  ///
  /// `accept` says how many of the offered bytes it took, as for `OutputQueue.write(_:)`; it must do no more than copy
  /// them.
  #if !hasFeature(Embedded)
    @inlinable @inline(__always)
  #endif
  public mutating func writeOutput(_ accept: (Span<UInt8>) -> Int) {
    if pendingUpToPong > 0 { writePongs(accept) } else { output.write(accept) }
    // It has been silent for long: the ping has gone, and the memory for it goes, too.
    if unansweredPings > 0, output.isEmpty { output.trim() }
  }

  /// The same while pongs wait: when the last of them is out, the one that waits for its place follows.
  @usableFromInline
  mutating func writePongs(_ accept: (Span<UInt8>) -> Int) {
    let before = output.count
    output.write(accept)
    pendingUpToPong = max(pendingUpToPong - (before - output.count), 0)
    guard pendingUpToPong == 0 else { return }
    queuedPongs = 0
    guard !waitingPong.isEmpty else { return }
    let hasDrained = output.isEmpty
    queueWaitingPong()
    if hasDrained { writeOutput(accept) }
  }

  /// Queues the pong to a ping, or lets it wait in place of an older one.
  mutating func answerPing(_ payload: Span<UInt8>) {
    guard state == .open else { return }
    if queuedPongs < Self.maximumPongs {
      append(.pong, payload)
      noteQueuedPong()
    } else {
      waitingPong.clear()
      waitingPong.append(OutgoingHeader(.pong, count: payload.count).bytes)
      waitingPong.append(payload)
    }
  }

  private mutating func queueWaitingPong() {
    var pong: [UInt8] = []
    swap(&pong, &waitingPong)
    output.append(pong.span)
    noteQueuedPong()
    pong.clear()
    swap(&pong, &waitingPong)
  }

  private mutating func noteQueuedPong() {
    queuedPongs += 1
    pendingUpToPong = output.count
  }

  /// Queues a frame.
  mutating func append(_ opcode: Opcode, _ payload: Span<UInt8>) {
    let header = OutgoingHeader(opcode, count: payload.count)
    output.append(header.bytes, payload)
  }

  /// Forgets all output: no peer is left to read it.
  mutating func dropOutput() {
    output.removeAll()
    output.trim()
    waitingPong = []
    queuedPongs = 0
    pendingUpToPong = 0
  }
}
