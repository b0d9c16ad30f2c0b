// SPDX-License-Identifier: MIT

// Every size and count that a peer could drive up, in one place, each with the answer for going over it; the times are
// in ServerTimeouts. The defaults suit a device on a home network; a server for thousands raises `connections` and
// `clients`. A program's own values are in its module, in a file named ServerLimits+….swift.

public import HTTPCore
import Timebase
public import WebSocketCore

/// What the server lets its peers use.
public struct ServerLimits: Sendable {
  /// TCP connections at a time, WebSocket ones included. The next one takes the place of one that waits for a
  /// request, for the rest of one's head, or for its end, or of one of an address that holds more than its share
  /// (Server+Places.swift); if there is none, it gets 503 (Service Unavailable), or over TLS, where that would take a
  /// handshake, its end at once.
  public var connections = 32
  /// Connections beyond these at a time: so many about to be answered 503, still more are closed without a word; and
  /// so many about to end for a newer one.
  public var refusals = 8
  /// WebSocket clients at a time in one hub; the next one takes the place of a dead one, or of one whose address holds
  /// more than its share, which is closed with 4013; if there is none, the new one is.
  public var clients = 8
  /// Bytes of a request: target, head, fields, body; past them 414, 431 or 413. And bytes of answers that wait, past
  /// which no further request is read. `HTTPConnection.Limits` has the numbers.
  public var http = HTTPConnection.Limits()
  /// Bytes of a WebSocket message, over all its fragments; past them the client is closed with 1009 (Message Too
  /// Big). The remote control takes less (ServerLimits+RemoteControl.swift).
  public var webSocket = WebSocketConnection.Limits(messageSize: 65_536)
  /// Event streams (server-sent events) at a time, over all routes; the next one takes the place of one whose
  /// address holds more than its share, or gets 503 (Service Unavailable).
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

  /// The same with every limit in its range, so that no arithmetic on them can overflow; the protocols see to their
  /// own.
  var normalized: ServerLimits {
    var limits = self
    limits.connections = Self.count(connections)
    limits.refusals = Self.count(refusals)
    limits.clients = Self.count(clients)
    limits.eventStreams = Self.count(eventStreams)
    limits.deflateMemory = Self.size(deflateMemory)
    limits.outboxSize = Self.size(outboxSize)
    limits.outputHighWater = Self.size(outputHighWater)
    // At 0 a stream would be sent comments without end, in one moment.
    limits.timeouts.eventKeepAlive = max(limits.timeouts.eventKeepAlive, 100)
    return limits
  }
  /// A table has so many rows at most.
  private static func count(_ count: Int) -> Int { min(max(count, 0), 1 << 24) }
  /// A quarter of what there are numbers for, so that a few can be added up.
  private static func size(_ size: Int) -> Int { min(max(size, 0), .max / 4) }
}
