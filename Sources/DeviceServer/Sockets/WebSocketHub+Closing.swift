// SPDX-License-Identifier: MIT

// Pings, closing, and the tutorial's `cleanupClients`, which also knows which clients are dead.

import Bytes
public import WebSocketCore

extension WebSocketHub {
  /// Pings one client; its answer comes as `WebSocketEvent.pong`.
  public mutating func ping(_ client: ClientID, _ payload: Span<UInt8> = Span()) {
    guard let index = index(of: client) else { return }
    ping(index, payload)
  }

  /// Pings all clients.
  public mutating func pingAll(_ payload: Span<UInt8> = Span()) {
    for index in clients.indices where clients[index].isConnected { ping(index, payload) }
  }

  private mutating func ping(_ index: Int, _ payload: Span<UInt8>) {
    guard hasRoom(index, for: payload.count), clients[index].socket.ping(payload, now: now) else { return }
    noteDeadline(index)
    list(index)
  }

  /// Begins the closing handshake with one client; `disconnect` follows when it is done or has taken too long.
  public mutating func close(_ client: ClientID, _ code: CloseCode = .normalClosure, reason: StaticString = "") {
    guard let index = index(of: client) else { return }
    close(index, code, reason)
  }

  /// Begins the closing handshake with all clients.
  public mutating func closeAll(_ code: CloseCode = .goingAway, reason: StaticString = "") {
    for index in clients.indices where clients[index].isConnected { close(index, code, reason) }
  }

  /// Begins the closing handshake with each client that acts for a principal that `isMeant`.
  public mutating func closeAll(_ code: CloseCode, reason: StaticString, where isMeant: (Principal) -> Bool) {
    for index in clients.indices where clients[index].isConnected && isMeant(clients[index].principal) {
      close(index, code, reason)
    }
  }

  /// Closes clients until at most `max` are left open: those that missed a ping's deadline first (they are aborted),
  /// then the oldest, with 4013 (`CloseCode.placeTaken`). A client that is closing already does not count.
  public mutating func cleanupClients(max: Int = 8) {
    var open = 0
    for index in clients.indices where clients[index].isConnected && clients[index].socket.isOpen {
      if clients[index].socket.isPongOverdue(now: now) {
        clients[index].socket.giveUp()
        clients[index].isGivenUp = true
        list(index)
      } else {
        open += 1
      }
    }
    while open > Swift.max(max, 0), let oldest = oldestOpen() {
      giveAway(oldest, "too many clients")
      open -= 1
    }
  }

  /// Tells a client, by a message and then by the Close, why it has no place, or no longer: many libraries show their
  /// user no more than messages.
  mutating func giveAway(_ index: Int, _ reason: StaticString) {
    var message: [UInt8] = []
    farewell(Farewell(reason: reason, clients: count), &message)
    _ = clients[index].socket.send(.text, message.span)
    close(index, .placeTaken, reason)
  }

  mutating func close(_ index: Int, _ code: CloseCode, _ reason: StaticString) {
    clients[index].socket.close(code, reason: reason.span, now: now)
    #if !hasFeature(Embedded)
      ownCloses[index] = OwnClose(code: code, reason: reason)
    #endif
    noteDeadline(index)
    list(index)
  }

  private mutating func noteDeadline(_ index: Int) {
    newDeadline = min(newDeadline, clients[index].socket.nextDeadline)
  }

  private func oldestOpen() -> Int? {
    var oldest: Int?
    for index in clients.indices where clients[index].isConnected && clients[index].socket.isOpen {
      if clients[index].isGivenUp { continue }
      if let found = oldest, clients[found].id.number < clients[index].id.number { continue }
      oldest = index
    }
    return oldest
  }
}
