// SPDX-License-Identifier: MIT

// An application may ask for something a moment after the connection has ended; by then another connection can have
// its place in the table, and must not be hit.

import DeviceServer
import NIOCore
import HostTransport
import Testing
import Timebase

/// Asks for everything possible for its first connection, when a later one has taken that one's place.
private struct LateApplication: Application, ~Copyable {
  var inner: ServerApplication<Int>
  var first: ConnectionID?
  var late: [TransportAction] = []

  init() {
    var router = Router<Int>()
    router.get("/") { _, _, response in response.send("alive") }
    inner = ServerApplication(Server(router: router), context: 0)
  }

  mutating func accept(from remote: RemoteAddress, over scheme: Scheme, now: MonotonicTime) -> ConnectionID? {
    let connection = inner.accept(from: remote, over: scheme, now: now)
    if let first, let connection, first.index == connection.index, first != connection {
      late = [.write(first), .resume(first), .endOutput(first), .abort(first)]
      inner.context += 1
    }
    first = first ?? connection
    return connection
  }

  mutating func nextAction() -> TransportAction? { late.popLast() ?? inner.nextAction() }

  mutating func receive(_ bytes: Span<UInt8>, from connection: ConnectionID, now: MonotonicTime) -> Int {
    inner.receive(bytes, from: connection, now: now)
  }
  mutating func endOfStream(_ connection: ConnectionID, now: MonotonicTime) {
    inner.endOfStream(connection, now: now)
  }
  mutating func disconnected(_ connection: ConnectionID, now: MonotonicTime) {
    inner.disconnected(connection, now: now)
  }
  mutating func poll(now: MonotonicTime) -> MonotonicTime? { inner.poll(now: now) }
  mutating func writeOutput(_ connection: ConnectionID, now: MonotonicTime, _ accept: (Span<UInt8>) -> Int) {
    inner.writeOutput(connection, now: now, accept)
  }
  mutating func shutdown(now: MonotonicTime) { inner.shutdown(now: now) }
}

extension OverSockets {
  @Suite struct LateActionTests {
    @Test(arguments: Carrier.unencrypted)
    func anActionForAConnectionThatIsGoneHitsNoOther(over carrier: Carrier) async throws {
      let transport = try await HostTransport.start(carrier.kind) {
        LateApplication()
      }
      let address = SocketAddress(try await transport.listen(host: "127.0.0.1", port: 0))
      let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      var lateActions = 0
      var rounds = 0
      while lateActions == 0, rounds < 100 {  // the server may see a client before the end of the one before it
        rounds += 1
        let client = try await RawClient.connect(to: address)
        try await client.send(request)
        let answer = String(decoding: try await client.receiveAll(), as: UTF8.self)
        #expect(answer.hasSuffix("alive"))
        client.close()
        lateActions = try await transport.withApplication { app, _ in app.inner.context }
      }
      #expect(lateActions > 0)
      try await transport.shutdown()
    }
  }
}
