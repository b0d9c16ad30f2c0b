// SPDX-License-Identifier: MIT

// Finding out that a peer is gone. TCP alone may take hours; a ping after some silence and a deadline for any
// byte in answer take seconds. The same deadline bounds the closing handshake. The times are a server's
// (`ServerTimeouts.webSocket`). RFC 6455 sections 5.5.2 and 7.1.1.

public import Timebase

extension WebSocketConnection {
  /// When `poll` has something to do, `distantFuture` if never.
  public var nextDeadline: MonotonicTime {
    #if hasFeature(Embedded)
      @inline(never)
    #endif
    get {
      switch state {
      case .open where !isAwaitingPong:
        timing.pingInterval == 0 ? .distantFuture : lastReceived + timing.pingInterval
      case .closed where pendingOutput == 0:
        .distantFuture
      case .open, .localClosing, .closed:
        deadline
      }
    }
  }

  /// Does what is due: a ping after a silence of `pingInterval`; the end of the connection (`isDead`) if a
  /// ping stayed unanswered for `pongTimeout`, or a Close unanswered or unwritten for `closeTimeout`.
  ///
  /// Any byte counts as an answer. Each ping is also the moment to give back memory. Returns the next
  /// deadline, nil if there is none.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    if now >= nextDeadline {
      if isOpen, !isAwaitingPong {
        trim()
        _ = ping(Span(), now: now)
      } else {
        die()
      }
    }
    return nextDeadline == .distantFuture ? nil : nextDeadline
  }

  /// Queues a ping, of at most 125 bytes, and gives the peer `pongTimeout` to show that it lives.
  ///
  /// False: nothing was queued, since the connection is closing or the payload too long.
  public mutating func ping(_ payload: Span<UInt8>, now: MonotonicTime) -> Bool {
    guard send(.ping, payload) else { return false }
    if !isAwaitingPong {
      isAwaitingPong = true
      deadline = now + timing.pongTimeout
    }
    return true
  }

  /// Whether a ping has been unanswered for `pongTimeout`.
  public func isPongOverdue(now: MonotonicTime) -> Bool {
    isOpen && isAwaitingPong && now >= deadline
  }

  /// Takes note that bytes came.
  mutating func noteLife(now: MonotonicTime) {
    lastReceived = now
    isAwaitingPong = false
  }
}
