// SPDX-License-Identifier: MIT

// Many clients on one thread: each sends what it is given in pieces, reads to the end, and is strict about nothing.
// What came is the test's to judge.

#if os(Linux)
  import CLinuxIO
  import Dispatch
  import SystemCalls

  @testable import LinuxTransport

  /// What a client has read, and whether the end came in order.
  struct Harvest: Sendable {
    var bytes: [UInt8] = []
    var wasReset = false
  }

  /// Who did not finish in time.
  struct Unfinished: Error { let what: String }

  enum Crowd {
    private struct Client {
      let socket: CInt
      var rest: [[UInt8]]
      var harvest = Harvest()
      var isOver = false
    }

    /// Connects a client for each of `pieces` to a port of 127.0.0.1, and reads until the server has ended all.
    static func run(_ pieces: [[[UInt8]]], port: UInt16, receiveBuffer: CInt = 8192) async throws -> [Harvest] {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "clients").async {
          continuation.resume(with: Result { try runNow(pieces, port, receiveBuffer) })
        }
      }
    }

    private static func runNow(_ pieces: [[[UInt8]]], _ port: UInt16, _ receiveBuffer: CInt) throws -> [Harvest] {
      var clients = try pieces.map { Client(socket: try connect(port, receiveBuffer), rest: $0.reversed()) }
      defer { for client in clients { close(client.socket) } }
      var idle = 0
      while clients.contains(where: { !$0.isOver }) {
        var polls = clients.map { client in
          pollfd(
            fd: client.isOver ? -1 : client.socket, events: Int16(client.rest.isEmpty ? POLLIN : POLLIN | POLLOUT),
            revents: 0)
        }
        guard poll(&polls, nfds_t(polls.count), 1000) > 0 else {
          idle += 1
          guard idle < 10 else {
            let open = clients.indices.filter { !clients[$0].isOver }
            throw Unfinished(what: "clients \(open), which have \(open.map { clients[$0].harvest.bytes.count }) bytes")
          }
          continue
        }
        idle = 0
        for index in clients.indices {
          if polls[index].revents & Int16(POLLOUT) != 0 { send(&clients[index]) }
          if polls[index].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { receive(&clients[index]) }
        }
      }
      return clients.map(\.harvest)
    }

    private static func connect(_ port: UInt16, _ receiveBuffer: CInt) throws -> CInt {
      let socket = try SystemError.checked(socket_open(AF_INET))
      try SystemError.checked(socket_set(socket, SOL_SOCKET, SO_RCVBUF, receiveBuffer))
      try SystemError.checked(socket_set_no_delay(socket))
      var address = sockaddr_storage()
      withUnsafeMutableBytes(of: &address) { raw in
        raw.storeBytes(of: sa_family_t(AF_INET), as: sa_family_t.self)
        raw.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        raw.storeBytes(of: UInt32(0x7F00_0001).bigEndian, toByteOffset: 4, as: UInt32.self)
      }
      let code = socket_connect(socket, &address, 16)
      guard code == 0 || code == -EINPROGRESS else { throw SystemError(code: -code) }
      return socket
    }

    private static func send(_ client: inout Client) {
      guard let piece = client.rest.popLast() else { return }
      let sent = piece.withUnsafeBytes { socket_send(client.socket, $0.baseAddress, $0.count, 0) }
      if sent < 0, sent != -Int(EAGAIN) { return client.rest = [] }  // the end is read
      if sent < piece.count { client.rest.append(Array(piece[max(sent, 0)...])) }
    }

    private static func receive(_ client: inout Client) {
      let size = 65_536
      var count = 0
      client.harvest.bytes += [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
        count = socket_receive(client.socket, buffer.baseAddress, size)
        filled = max(count, 0)
      }
      if count > 0 || count == -Int(EAGAIN) { return }
      client.isOver = true
      client.harvest.wasReset = count < 0
    }
  }
#endif
