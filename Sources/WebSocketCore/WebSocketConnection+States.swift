// SPDX-License-Identifier: MIT

// The states of a connection and all that moves it from one to another: RFC 6455 section 7.
//
// Two rules keep this file the whole truth. Whatever changes the state does so through `move(on:)`; and the
// table knows nothing of buffers, times or codes.
//
//     state        | closeSent    | closeReceived | failed | streamEnded | timedOut
//     open         | localClosing | closed        | closed | closed      | closed
//     localClosing | localClosing | closed        | closed | closed      | closed
//     closed       | closed       | closed        | closed | closed      | closed
//
// There is no state for "the peer began to close": its Close is answered in the same step (section 5.5.1).

extension WebSocketConnection {
  /// The state of a connection.
  public enum State: Sendable, CaseIterable {
    /// Messages go both ways.
    case open
    /// We sent a Close and wait for the peer's; nothing more is sent, and what comes is still delivered.
    case localClosing
    /// Nothing more is received. The transport writes what is pending, then closes; the server does so first
    /// (section 7.1.1), so that the wait of TCP for stray segments is its own.
    case closed

    /// What moves a connection on.
    enum Trigger: CaseIterable {
      /// We began the closing handshake.
      case closeSent
      /// The peer's Close has come, whichever side began.
      case closeReceived
      /// The peer broke the protocol.
      case failed
      /// The peer's stream ended.
      case streamEnded
      /// The peer let a deadline pass.
      case timedOut
    }

    /// The state that follows.
    func next(on trigger: Trigger) -> State {
      switch (self, trigger) {
      case (.open, .closeSent), (.localClosing, .closeSent): .localClosing
      case (.open, _), (.localClosing, _), (.closed, _): .closed
      }
    }
  }

  mutating func move(on trigger: State.Trigger) {
    state = state.next(on: trigger)
  }
}
