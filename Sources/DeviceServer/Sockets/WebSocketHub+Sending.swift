// SPDX-License-Identifier: MIT

// Messages to one client or to all: queued in order, within the outbox's bound. The state, which is never queued, has a
// file of its own.

public import WebSocketCore

extension WebSocketHub {
  // Both inlinable, so that a handler calls what they call.

  /// Sends a text message, which must be UTF-8, to one client.
  @inlinable @discardableResult
  public mutating func text(_ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    send(.text, payload, to: client)
  }

  /// Sends a binary message to one client.
  @inlinable @discardableResult
  public mutating func binary(_ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    send(.binary, payload, to: client)
  }

  /// Sends a text message, which must be UTF-8, to all clients.
  @discardableResult
  public mutating func textAll(_ payload: Span<UInt8>) -> BroadcastStatus { sendAll(.text, payload) }

  /// Sends a binary message to all clients.
  @discardableResult
  public mutating func binaryAll(_ payload: Span<UInt8>) -> BroadcastStatus { sendAll(.binary, payload) }

  @usableFromInline
  mutating func send(_ opcode: Opcode, _ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    guard let index = index(of: client) else { return .noSuchClient }
    let sent = clients[index].send(opcode, payload, outboxSize: limits.outboxSize)
    if sent.isUnlisted { listed.append(index) }
    guard let waiting = sent.waiting else {
      counters.discarded.count()
      return .discarded
    }
    counters.enqueued.count()
    return waiting > limits.outputHighWater ? .backpressure : .enqueued
  }

  private mutating func sendAll(_ opcode: Opcode, _ payload: Span<UInt8>) -> BroadcastStatus {
    broadcastFrame.encode(opcode, payload)
    let frame = broadcastFrame
    var sent: UInt32 = 0
    var missed: UInt32 = 0
    for index in clients.indices {
      guard let result = clients[index].send(frame, outboxSize: limits.outboxSize) else { continue }
      if result.isSent {
        if result.isUnlisted { listed.append(index) }
        sent &+= 1
      } else {
        missed &+= 1
      }
    }
    counters.enqueued.count(sent)
    counters.discarded.count(missed)
    if missed == 0 { return .enqueued }
    return sent == 0 ? .discarded : .partiallyEnqueued
  }

  func hasRoom(_ index: Int, for count: Int) -> Bool {
    clients[index].hasRoom(for: count, outboxSize: limits.outboxSize)
  }
}

extension WebSocketHub.Client {
  /// A message of any allowed size fits into an empty outbox.
  @inline(__always)
  fileprivate func hasRoom(for count: Int, outboxSize: Int) -> Bool {
    let waiting = socket.pendingOutput
    return waiting == 0 || waiting &+ count <= outboxSize  // of what is in memory, and so far below any overflow
  }

  /// Puts a message into the outbox.
  ///
  /// In one step, because each look at a client in the table costs as much as the message: how many bytes wait now, nil
  /// if it was not taken, and whether the client has to be listed, which is noted.
  @inline(__always)
  fileprivate mutating func send(
    _ opcode: Opcode, _ payload: Span<UInt8>, outboxSize: Int
  ) -> (waiting: Int?, isUnlisted: Bool) {
    guard hasRoom(for: payload.count, outboxSize: outboxSize), socket.send(opcode, payload) else {
      return (nil, false)
    }
    let isUnlisted = !isListed
    isListed = true
    return (socket.pendingOutput, isUnlisted)
  }

  /// Puts a frame that was made for many into the outbox, in the same way; nil: the client is not connected.
  @inline(__always)
  fileprivate mutating func send(_ frame: EncodedFrame, outboxSize: Int) -> (isSent: Bool, isUnlisted: Bool)? {
    guard isConnected else { return nil }
    guard hasRoom(for: frame.payloadCount, outboxSize: outboxSize), socket.send(frame) else {
      return (false, false)
    }
    let isUnlisted = !isListed
    isListed = true
    return (true, isUnlisted)
  }
}
