// SPDX-License-Identifier: MIT

// From the open port to the last connection: addresses, the errors of listening, and a shutdown that says goodbye.

import DeviceServer
import NIOCore
import NIOPosix
import HostTransport
import NIOWebSocket
import SystemCalls
import Timebase
import Testing

extension OverSockets {
  @Suite struct LifecycleTests {
    static func words(_ error: any Error) -> String { HostTransport<TestServer.App>.words(for: error) }

    @Test(arguments: Carrier.unencrypted)
    func portZeroIsAFreePortAndTheAddressTellsWhich(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { first in
        try await TestServer.run(over: carrier) { second in
          let ports = [first.address.port ?? 0, second.address.port ?? 0]
          #expect(ports[0] > 0 && ports[1] > 0 && ports[0] != ports[1])
          #expect(first.address.ipAddress == "127.0.0.1")
        }
      }
    }

    @Test(arguments: Carrier.unencrypted) func aPortInUseIsAnErrorThatSaysSo(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let error = await #expect(throws: (any Error).self) {
          _ = try await server.transport.listen(host: "127.0.0.1", port: server.address.port ?? 0)
        }
        #expect(error.map(Self.words)?.hasPrefix(String(cString: strerror(EADDRINUSE)) + "; end the program") == true)
      }
    }

    @Test(arguments: Carrier.unencrypted)
    func anAddressOfAnotherMachineIsAnErrorThatSaysSo(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let error = await #expect(throws: (any Error).self) {
          _ = try await server.transport.listen(host: "192.0.2.1", port: 0)  // RFC 5737: never ours
        }
        #expect(error.map(Self.words)?.hasPrefix(String(cString: strerror(EADDRNOTAVAIL)) + "; give an address") == true)
      }
    }

    @Test(arguments: Carrier.unencrypted) func whatIsNoPortIsAnErrorThatSaysSo(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        for port in [-1, 65_536, .max] {
          await #expect(throws: TransportError.noSuchPort(port)) {
            _ = try await server.transport.listen(host: "127.0.0.1", port: port)
          }
        }
      }
    }

    @Test(arguments: Carrier.unencrypted)
    func theConnectEventTellsTheClientsAddress(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connectSocket(to: server.address)
        let expected = RemoteAddress.ipv4(0x7F00_0001, port: client.localPort)
        #expect(try await server.happenings == [.connect(expected)])
      }
    }

    static let hasIPv6Loopback: Bool = {
      guard let address = try? SocketAddress(ipAddress: "::1", port: 0) else { return false }
      let group = MultiThreadedEventLoopGroup.singleton
      guard let channel = try? ServerBootstrap(group: group).bind(to: address).wait() else { return false }
      channel.close(promise: nil)
      return true
    }()

    @Test(.enabled(if: hasIPv6Loopback), arguments: Carrier.unencrypted)
    func overIPv6TheConnectEventTellsTheClientsAddress(over carrier: Carrier) async throws {
      try await TestServer.run(host: "::1", over: carrier) { server in
        let client = try await RawClient.connectSocket(to: server.address)
        let expected = RemoteAddress.ipv6(high: 0, low: 1, port: client.localPort)
        #expect(try await server.happenings == [.connect(expected)])
      }
    }

    @Test(arguments: Carrier.unencrypted) func oneServerListensOnSeveralPorts(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let second = SocketAddress(try await server.transport.listen(host: "127.0.0.1", port: 0))
        let one = try await WebSocketPeer.connect(to: server.address)
        let two = try await WebSocketPeer.connect(to: second)
        try await server.untilClients(are: 2)
        try await server.withHub { _ = $0.textAll(Array("both".utf8).span) }
        #expect(try await one.nextText() == "both")
        #expect(try await two.nextText() == "both")
      }
    }

    @Test(arguments: Carrier.unencrypted) func anErrorOfTheMakerIsThrownByStart(over carrier: Carrier) async throws {
      struct NoBoard: Error {}
      await #expect(throws: NoBoard.self) {
        _ = try await HostTransport<TestServer.App>.start(carrier.kind) {
          throw NoBoard()
        }
      }
    }

    /// Nobody connects and nobody asks: five polls come, each no sooner than was asked for.
    @Test(arguments: Carrier.unencrypted) func anApplicationIsPolledByTimeAlone(over carrier: Carrier) async throws {
      let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
      let promise = eventLoop.makePromise(of: [MonotonicTime].self)
      let limit = eventLoop.scheduleTask(in: patience) { promise.fail(TimedOut(what: "polls")) }
      let transport = try await HostTransport.start(carrier.kind) {
        ServerApplication(Server(router: Router<[MonotonicTime]>()), context: []) { times, _, now in
          times.append(now)
          return now + 10
        }
      } afterActivity: { app, _ in
        if app.context.count == 5 { promise.succeed(app.context) }
      }
      let times = try await promise.futureResult.get()
      limit.cancel()
      for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier >= 10) }
      try await transport.shutdown()
    }

    // MARK: Shutting down

    @Test(arguments: Carrier.unencrypted)
    func shutdownSaysGoodbyeToEveryoneAndReturns(over carrier: Carrier) async throws {
      let server = try await TestServer.run(over: carrier) { server in
        var peers: [WebSocketPeer] = []
        for _ in 0..<5 { peers.append(try await .connect(to: server.address)) }
        let idle = try await RawClient.connect(to: server.address)
        try await idle.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await idle.receiveResponse()
        try await server.untilClients(are: 5)

        async let end: Void = server.transport.shutdown(grace: .seconds(10))
        for peer in peers {
          let close = try await peer.next()
          #expect(close.opcode == .connectionClose)
          #expect(Array(close.unmaskedData.readableBytesView.prefix(2)) == [0x03, 0xe9])
          try await peer.send(.connectionClose, [0x03, 0xe9])
          await #expect(throws: ChannelError.eof) { _ = try await peer.next() }
        }
        #expect(try await idle.receiveAll().isEmpty)
        idle.close()
        try await end
        return server
      }
      await #expect(throws: RawClient.SocketError(call: "connect", code: ECONNREFUSED)) {
        _ = try await RawClient.connect(to: server.address)
      }
      await #expect(throws: (any Error).self) {
        _ = try await server.transport.listen(host: "127.0.0.1", port: 0)
      }
      try await server.transport.shutdown()  // once more is harmless
    }

    @Test(arguments: Carrier.unencrypted) func shutdownCutsOffThoseThatNeverAnswer(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let silent = try await RawClient.connectSocket(to: server.address, receiveBuffer: 2048)
        let deaf = try await RawClient.connect(to: server.address, receiveBuffer: 2048)
        try await deaf.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await deaf.receive(exactly: 100)
        try await server.transport.shutdown(grace: 100)
        #expect(try await silent.receiveFrame().payload.starts(with: [0x03, 0xe9]))
        #expect(try await server.happenings.last == .disconnect(code: 1006, reason: []))
      }
    }
  }
}
