// SPDX-License-Identifier: MIT

// How much memory peers make the server use, by what they send and by what they do not read. A fuzzer checks with it
// that the limits hold, and a program can show it. It looks at the tables and keeps no account while serving.

import HTTPCore
import WebSocketCore

extension Server where Context: ~Copyable {
  /// How many bytes of memory hold what has come in and no handler has been given yet: of all connections and clients,
  /// also in places that are free, and the buffer in which messages are handed over.
  public var inputMemory: Int {
    var memory = scratch.capacity
    for index in table.indices { memory += table[index].inputMemory }
    for hub in hubs.indices {
      for client in hubs[hub].clients.indices { memory += hubs[hub].clients[client].socket.inputMemory }
    }
    return memory
  }

  /// The same of one connection and, if it is a socket, its client; 0 once it is gone.
  public func inputMemory(of connection: ConnectionID) -> Int {
    guard let index = table.index(of: connection) else { return 0 }
    guard table[index].phase == .webSocket else { return table[index].inputMemory }
    return table[index].inputMemory + hubs[table[index].hub].clients[table[index].client].socket.inputMemory
  }

  /// How many bytes wait for a connection. The state that a client has yet to get is not among them: the hub holds one
  /// for all.
  public func pendingOutput(of connection: ConnectionID) -> Int {
    guard let index = table.index(of: connection) else { return 0 }
    guard table[index].phase == .webSocket else { return table[index].pendingResponse }
    return table[index].pendingResponse + hubs[table[index].hub].clients[table[index].client].socket.pendingOutput
  }
}
