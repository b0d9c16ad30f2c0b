// SPDX-License-Identifier: MIT

// Messages and states to one client or to all. Messages (events) are queued in order, within the outbox's bound; a
// state is what counts now, so only the latest is ever sent, and a slow client costs one frame, not a backlog.

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

  /// Makes `payload`, a text message, the state that every client is to have.
  ///
  /// Each client gets it when the network takes it, or a later one instead; whoever connects gets the last one.
  public mutating func publishState(_ payload: Span<UInt8>) {
    stateFrame.encode(.text, payload)
    stateVersion &+= 1
    if stateVersion == 0 { stateVersion = 1 }  // 0 means that nothing was published
    for index in clients.indices where clients[index].isConnected { list(index) }
  }

  /// Sends a text message that contains the present state to one client, in place of that state.
  @discardableResult
  public mutating func snapshot(_ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    let status = send(.text, payload, to: client)
    if status == .enqueued || status == .backpressure, let index = index(of: client) {
      clients[index].stateVersion = stateVersion
    }
    return status
  }

  private mutating func send(_ opcode: Opcode, _ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
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
