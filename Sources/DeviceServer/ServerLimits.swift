// SPDX-License-Identifier: MIT

// Every size and count that a peer could drive up, in one place, each with the answer for going over it; the times are
// in ServerTimeouts. The defaults suit a device on a home network; a server for thousands raises `connections` and
// `clients`. A program's own values are in its module, in a file named ServerLimits+….swift.

public import HTTPCore
public import WebSocketCore

/// What the server lets its peers use.
public struct ServerLimits: Sendable {
  /// TCP connections at a time, WebSocket ones included. The next one takes the place of the one that has waited
  /// longest for a request, for the rest of one's head, or for its end; if none does, it gets 503 (Service
  /// Unavailable), or over TLS, where that would take a handshake, its end at once.
  public var connections = 32
  /// Connections beyond these at a time: about to be answered 503, or about to end for a newer one. Still more
  /// are closed without a word.
  public var refusals = 8
  /// WebSocket clients at a time in one hub; the next one is closed with 1013 (Try Again Later).
  public var clients = 8
  /// Bytes of a request: target, head, fields, body; past them 414, 431 or 413. And bytes of answers that wait, past
  /// which no further request is read. `HTTPConnection.Limits` has the numbers.
  public var http = HTTPConnection.Limits()
  /// Bytes of a WebSocket message, over all its fragments; past them the client is closed with 1009 (Message Too
  /// Big). The remote control takes less (ServerLimits+RemoteControl.swift).
  public var webSocket = WebSocketConnection.Limits(messageSize: 65_536)
  /// Event streams (server-sent events) at a time, over all routes; the next one gets 503 (Service Unavailable).
  public var eventStreams = 4
  /// Bytes of memory for compression in one hub, if `Server.compression` is set; clients that come when it is used up
  /// get none, and are counted.
  public var deflateMemory = 4_194_304
  /// Bytes that may wait for one client; an event that would not fit is discarded and counted.
  public var outboxSize = 262_144
  /// Bytes waiting for a WebSocket client beyond which the server takes no more input from it.
  public var outputHighWater = 16_384
  /// How long peers may take, and how long the server waits.
  public var timeouts = ServerTimeouts()

  /// The defaults.
  public init() {}
}
