// SPDX-License-Identifier: MIT

// Names for connections, clients and endpoints: small values, never references. The name of a connection or client that
// has gone is valid for nothing, and every call with it does nothing.

/// A TCP connection that a transport handed to the server.
///
/// An index into the connection table with a generation, so that a late call for a connection that has ended cannot
/// reach the one that took its place.
public struct ConnectionID: Hashable, Sendable {
  /// The place in the server's table; a transport may use it as an index into a table of its own.
  public let index: Int
  let generation: UInt32
}

/// A WebSocket endpoint of a router, and the hub of its clients in every server that is made with that router.
public struct WebSocketEndpoint: Hashable, Sendable {
  /// The place among the router's endpoints and the server's hubs.
  let index: Int
}

/// A WebSocket client of one hub.
public struct ClientID: Hashable, Sendable {
  /// The number that people see: from 1, one more at each connection, never used again.
  public let number: UInt32
  /// The place in the hub's table; a program may use it as an index into a table of its own.
  public let index: Int
}
