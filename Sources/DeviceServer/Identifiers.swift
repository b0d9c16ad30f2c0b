// SPDX-License-Identifier: MIT

// Names for connections and clients. Both are small values, never references: one that has outlived its connection
// names nothing, and every call with it is a harmless no-op.

/// A TCP connection that a transport handed to the server.
///
/// An index into the connection table with a generation, so that a late call for a connection that has ended cannot
/// reach the one that took its place.
public struct ConnectionID: Hashable, Sendable {
  /// The place in the server's table; a transport may use it as an index into a table of its own.
  public let index: Int
  let generation: UInt32
}

/// A WebSocket client of one hub.
public struct ClientID: Hashable, Sendable {
  /// The number that people see: from 1, one more at each connection, never used again.
  public let number: UInt32
  /// The place in the hub's table.
  let index: Int
}
