// SPDX-License-Identifier: MIT

// Messages to one client or to all: queued in order, within the outbox's bound. The state, which is never queued, has a
// file of its own.

import WebSocketCore

extension WebSocketHub {
  /// Sends a text message, which must be UTF-8, to one client.
  @discardableResult
  public mutating func text(_ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    send(.text, payload, to: client)
  }

  /// Sends a binary message to one client.
  @discardableResult
  public mutating func binary(_ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    send(.binary, payload, to: client)
  }

  /// Sends a text message, which must be UTF-8, to all clients.
  @discardableResult
  public mutating func textAll(_ payload: Span<UInt8>) -> BroadcastStatus { sendAll(.text, payload) }

  /// Sends a binary message to all clients.
  @discardableResult
  public mutating func binaryAll(_ payload: Span<UInt8>) -> BroadcastStatus { sendAll(.binary, payload) }

  mutating func send(_ opcode: Opcode, _ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    guard let index = index(of: client) else { return .noSuchClient }
    guard hasRoom(index, for: payload.count), clients[index].socket.send(opcode, payload) else {
      counters.discarded.count()
      return .discarded
    }
    counters.enqueued.count()
    list(index)
    return clients[index].socket.pendingOutput > limits.outputHighWater ? .backpressure : .enqueued
  }

  private mutating func sendAll(_ opcode: Opcode, _ payload: Span<UInt8>) -> BroadcastStatus {
    broadcastFrame.encode(opcode, payload)
    let frame = broadcastFrame
    var sent: UInt32 = 0
    var missed: UInt32 = 0
    for index in clients.indices where clients[index].isConnected {
      if hasRoom(index, for: payload.count), clients[index].socket.send(frame) {
        list(index)
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

  /// A message of any allowed size fits into an empty outbox.
  func hasRoom(_ index: Int, for count: Int) -> Bool {
    let waiting = clients[index].socket.pendingOutput
    return waiting == 0 || waiting <= limits.outboxSize - min(count, limits.outboxSize)
  }
}
