// SPDX-License-Identifier: MIT

// Every time that a peer could draw out, each with what happens when it is over. The defaults suit a device on a home
// network. Server+Deadlines.swift acts on them.

public import Timebase
public import WebSocketCore

/// How long the server waits for its peers.
public struct ServerTimeouts: Sendable {
  /// From the first byte of a request head to its end; past it 408 (Request Timeout).
  public var head: Milliseconds = .seconds(5)
  /// From the end of a head to the end of its body; past it 408 (Request Timeout).
  public var body: Milliseconds = .seconds(10)
  /// How long a connection may rest, before its first request and between two, until it is closed. Over TLS the
  /// handshake is part of the time before the first.
  public var idle: Milliseconds = .seconds(15)
  /// How long a request may wait for what is done elsewhere, a password's hash for one; past it 503 (Service
  /// Unavailable).
  public var answer: Milliseconds = .seconds(15)
  /// How long a peer may take nothing of a waiting response before its connection is aborted.
  public var write: Milliseconds = .seconds(20)
  /// How long the server reads on, and discards, after its last byte, so that a reset does not overtake the answer.
  public var linger: Milliseconds = .seconds(2)
  /// After which silence a client is pinged, and how long it may be silent after that (`pongTimeout`) or after a Close
  /// of ours; before a silent one is aborted it is asked once more: a dead one is gone after 35 seconds.
  public var webSocket = WebSocketConnection.Timing(
    pingInterval: .seconds(15), pongTimeout: .seconds(10), closeTimeout: .seconds(2))
  /// How long an event stream may be silent before it is sent a comment, so that no proxy takes it for dead.
  public var eventKeepAlive: Milliseconds = .seconds(15)

  /// The defaults.
  public init() {}
}
