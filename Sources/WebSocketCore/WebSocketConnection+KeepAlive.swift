// SPDX-License-Identifier: MIT

// Finding out that a peer is gone. TCP alone may take hours; a ping after some silence and a deadline for any byte in
// answer take seconds. A second ping follows before the end, since some libraries answer one only when a message comes
// behind it (`isAskedAgain`), and others only while their application reads. The same deadline bounds the closing
// handshake. The times are a server's (`ServerTimeouts.webSocket`). RFC 6455 sections 5.5.2 and 7.1.1.

public import Timebase

extension WebSocketConnection {
  /// When `poll` has something to do, `distantFuture` if never.
  public var nextDeadline: MonotonicTime {
    #if hasFeature(Embedded)
      @inline(never)
    #endif
    get {
      switch state {
      case .open where unansweredPings == 0:
        timing.pingInterval == 0 ? .distantFuture : lastReceived + timing.pingInterval
      case .closed where pendingOutput == 0:
        .distantFuture
      case .open, .localClosing, .closed:
        deadline
      }
    }
  }

  /// Does what is due: a ping after a silence of `pingInterval`, a second one if it stays unanswered for `pongTimeout`,
  /// and the end of the connection (`isDead`) if that stays unanswered for as long, or a Close unanswered or unwritten
  /// for `closeTimeout`.
  ///
  /// Any byte counts as an answer. The first ping is also the moment to give back memory. Returns the next deadline, nil
  /// if there is none.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    if now >= nextDeadline {
      if isOpen, unansweredPings == 0 {
        trim()
        _ = ping(Span(), now: now)
      } else if isOpen, unansweredPings == 1, send(.ping, Span()) {
        unansweredPings = 2
        deadline = now + timing.pongTimeout
      } else {
        die(isOpen ? "no answer to two pings" : "no answer to Close")
      }
    }
    return nextDeadline == .distantFuture ? nil : nextDeadline
  }

  /// Ends the connection at once, as if a last deadline had passed. `reason` is for a log; without one it is that of a
  /// peer which has not answered a ping, while another needs its place.
  public mutating func giveUp(_ reason: StaticString = "no answer to a ping, and its place was needed") { die(reason) }

  /// Queues a ping, of at most 125 bytes, and gives the peer `pongTimeout` to show that it lives.
  ///
  /// False: nothing was queued, since the connection is closing or the payload too long.
  public mutating func ping(_ payload: Span<UInt8>, now: MonotonicTime) -> Bool {
    guard send(.ping, payload) else { return false }
    if unansweredPings == 0 {
      unansweredPings = 1
      deadline = now + timing.pongTimeout
    }
    return true
  }

  /// Whether a ping has been unanswered for `pongTimeout`.
  public func isPongOverdue(now: MonotonicTime) -> Bool {
    isOpen && (unansweredPings > 1 || unansweredPings == 1 && now >= deadline)
  }

  /// Whether the first ping stayed unanswered, and the second is on its way: the moment to send a message, too.
  public var isAskedAgain: Bool { isOpen && unansweredPings > 1 }

  /// Takes note that bytes came.
  mutating func noteLife(now: MonotonicTime) {
    lastReceived = now
    unansweredPings = 0
  }
}
