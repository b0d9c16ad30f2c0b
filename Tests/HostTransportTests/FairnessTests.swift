// SPDX-License-Identifier: MIT

// Clients that send without an end: however much of it is waiting, a transport reads a little from each before it does
// anything else, so that others, timers and commands have their turn.

import DeviceServer
import HostTransport
import NIOCore
import Testing
import Timebase

/// Takes everything, and counts how often it is given something of one connection before it is asked what to do.
private struct SwallowingApplication: Application, ~Copyable {
  var inner = ServerApplication(Server(router: Router<Int>()), context: 0)
  var reads: [ConnectionID: Int] = [:]
  var mostReads = 0
  var byteCount = 0

  mutating func receive(_ bytes: Span<UInt8>, from connection: ConnectionID, now: MonotonicTime) -> Int {
    reads[connection, default: 0] += 1
    mostReads = max(mostReads, reads[connection] ?? 0)
    byteCount += bytes.count
    return bytes.count
  }

  mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    reads = [:]
    _ = inner.poll(now: .zero)  // for its server no time passes, so that it gives up nobody
    return nil
  }

  mutating func accept(from remote: RemoteAddress, over scheme: Scheme, now: MonotonicTime) -> ConnectionID? {
    inner.accept(from: remote, over: scheme, now: .zero)
  }
  mutating func nextAction() -> TransportAction? { inner.nextAction() }
  mutating func endOfStream(_ connection: ConnectionID, now: MonotonicTime) {
    inner.endOfStream(connection, now: .zero)
  }
  mutating func disconnected(_ connection: ConnectionID, now: MonotonicTime) {
    inner.disconnected(connection, now: .zero)
  }
  mutating func writeOutput(_ connection: ConnectionID, now: MonotonicTime, _ accept: (Span<UInt8>) -> Int) {
    inner.writeOutput(connection, now: .zero, accept)
  }
  mutating func shutdown(now: MonotonicTime) { inner.shutdown(now: .zero) }
}

extension OverSockets {
  @Suite struct FairnessTests {
    @Test(arguments: Carrier.unencrypted, [1, 3])
    func aConnectionThatSendsWithoutEndIsReadALittleInEachTurn(over carrier: Carrier, clients: Int) async throws {
      let transport = try await HostTransport.start(carrier.kind) { SwallowingApplication() }
      let address = SocketAddress(try await transport.listen(host: "127.0.0.1", port: 0))
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<clients {
          let client = try await RawClient.connect(to: address)
          group.addTask {
            defer { client.close() }
            return try await client.flood([UInt8](repeating: 0, count: 1 << 20), limit: 192 << 20)
          }
        }
        for try await sent in group { #expect(sent >= 192 << 20, "all of it is read") }
      }
      let mostReads = try await transport.withApplication { app, _ in app.mostReads }
      #expect(mostReads <= 4)
      try await transport.shutdown(grace: 100)
    }
  }
}
