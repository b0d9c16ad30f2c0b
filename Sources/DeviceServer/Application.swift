// SPDX-License-Identifier: MIT

// The seam between what the program does and how bytes travel. An application owns a `Server` and, beside it, the
// context that its handlers get; a transport owns the application and calls it from one thread, always in the same
// order: tell it what happened, then ask `nextAction` until there is none, then write.

public import Timebase

/// What a transport runs: a whole program that is fed bytes and a time and yields output and the next deadline.
public protocol Application: ~Copyable, SendableMetatype {
  /// Takes a new connection into the table, or returns nil: close it at once.
  ///
  /// A transport that speaks TLS calls this before the handshake, so that the limits hold for handshakes, too.
  mutating func accept(from remote: RemoteAddress, over scheme: Scheme, now: MonotonicTime) -> ConnectionID?

  /// Feeds received bytes and returns how many were taken.
  ///
  /// The rest is held by the transport, which stops reading, until `.resume` comes for this connection.
  mutating func receive(_ bytes: Span<UInt8>, from connection: ConnectionID, now: MonotonicTime) -> Int

  /// The peer has sent its last byte (it may still read).
  mutating func endOfStream(_ connection: ConnectionID, now: MonotonicTime)

  /// The connection is gone. A transport calls this exactly once for each accepted connection, whichever side ended it.
  mutating func disconnected(_ connection: ConnectionID, now: MonotonicTime)

  /// Does what is due and returns when to be called next, or nil if only bytes can change anything.
  mutating func poll(now: MonotonicTime) -> MonotonicTime?

  /// The next thing for the transport to do, or nil.
  mutating func nextAction() -> TransportAction?

  /// Offers the output that waits for a connection; `accept` copies what it has room for and returns how much.
  ///
  /// Inside `accept` a transport only copies: it calls neither its stack nor the application.
  mutating func writeOutput(_ connection: ConnectionID, now: MonotonicTime, _ accept: (Span<UInt8>) -> Int)

  /// Begins to end: every WebSocket client is closed with 1001 (Going Away), every other connection after its answer.
  mutating func shutdown(now: MonotonicTime)
}

extension Application where Self: ~Copyable {
  /// Takes a new connection over plain HTTP; see `accept(from:over:now:)`.
  public mutating func accept(from remote: RemoteAddress, now: MonotonicTime) -> ConnectionID? {
    accept(from: remote, over: .http, now: now)
  }
}

/// What the application wants done with a connection.
public enum TransportAction: Equatable, Sendable {
  /// Output waits: call `writeOutput` now, or as soon as the connection can be written to.
  case write(ConnectionID)
  /// Nothing more will be written: end this direction (FIN) once everything handed over has gone out.
  case endOutput(ConnectionID)
  /// Offer held input again, even if there is none: there is room for it now.
  case resume(ConnectionID)
  /// Close now, dropping whatever has not gone out, and call `disconnected`.
  case abort(ConnectionID)
}
