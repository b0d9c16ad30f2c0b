// SPDX-License-Identifier: MIT

// What happened, in numbers. Whatever the server refuses, drops or conflates is counted here, so that nothing is
// lost without a trace.

/// Counts since the start; each wraps at 2³² and never traps.
public struct ServerCounters: Sendable {
  /// Connections taken in to be served.
  public var accepted: UInt32 = 0
  /// Connections beyond `ServerLimits.connections`, answered 503 or closed at once.
  public var connectionsRefused: UInt32 = 0
  /// Connections that were closed to make room for new ones: resting ones, or one of many of the same address.
  public var displaced: UInt32 = 0
  /// Requests whose head was complete.
  public var requests: UInt32 = 0
  /// Requests answered with a status of 400 or more.
  public var requestsRefused: UInt32 = 0
  /// WebSocket clients that reached `connect`.
  public var clients: UInt32 = 0
  /// WebSocket clients turned away with 4013 because the hub was full.
  public var clientsRefused: UInt32 = 0
  /// WebSocket clients closed with 4013 because their address had most places and a newcomer's fewer.
  public var clientsDisplaced: UInt32 = 0
  /// WebSocket clients that asked for compression when `ServerLimits.deflateMemory` was used up.
  public var compressionDeclined: UInt32 = 0
  /// WebSocket clients closed for breaking the protocol or a limit.
  public var clientsFailed: UInt32 = 0
  /// Event streams that have begun.
  public var eventStreams: UInt32 = 0
  /// Requests for events answered with 503 because there were `ServerLimits.eventStreams` of them.
  public var eventStreamsRefused: UInt32 = 0
  /// Event streams ended because their address had most of them and a newcomer's fewer.
  public var eventStreamsDisplaced: UInt32 = 0
  /// WebSocket clients and connections given up because they did not answer in time.
  public var timedOut: UInt32 = 0
}

/// What a hub has sent and what it has not, since the start.
public struct HubCounters: Sendable {
  /// Messages put into a client's outbox.
  public var enqueued: UInt32 = 0
  /// Messages that found no room in a client's outbox.
  public var discarded: UInt32 = 0
  /// Publications of the state that a client was not sent by themselves, because a later one came before they could be
  /// written: it was sent both in one.
  public var conflated: UInt32 = 0
}

extension UInt32 {
  /// Adds `amount`, wrapping: a counter must never be what stops a server.
  mutating func count(_ amount: UInt32 = 1) { self &+= amount }
}
