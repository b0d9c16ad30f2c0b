// SPDX-License-Identifier: MIT

// What only TLS has: handshakes that never end, identities that change, last words. What it has in common with plain
// sockets is asked by the other suites, over both.

#if TLS
  import DeviceServer
  import HostTransport
  import NIOCore
  import NIOPosix
  import NIOSSL
  import TransportSecurity
  import NIOWebSocket
  import SystemCalls
  import Testing
  import Timebase

  extension OverSockets {
    @Suite struct TLSTests {
      /// The first bytes of a ClientHello that would have 508 more.
      static let halfAHello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]

      static func get(_ path: String, from server: TestServer) async throws -> String {
        let client = try await RawClient.connect(to: server.address)
        try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return try await client.receiveResponse()
      }

      @Test(arguments: Carrier.allCases) func aHandlerIsToldOverWhatTheRequestCame(over carrier: Carrier) async throws {
        try await TestServer.run(over: carrier) { server in
          let answer = try await Self.get("/scheme", from: server)
          #expect(answer.hasSuffix(carrier.isSecure ? "\r\n\r\nhttps" : "\r\n\r\nhttp"))
        }
      }

      // MARK: Handshakes

      @Test(arguments: [[], halfAHello]) func aHandshakeThatDoesNotGoOnEndsAtTheIdleTimeout(bytes: [UInt8]) async throws {
        try await TestServer.run(over: .tls) { $0.timeouts.idle = 200 } _: { server in
          let client = try await RawClient.connect(to: server.serverAddress)
          try await client.send(bytes)
          try await server.untilConnections(are: 1)
          #expect(try await Self.get("/", from: server).hasSuffix("<p>on</p>"), "others are served meanwhile")
          #expect(try await client.receiveAll().isEmpty)
          try await server.untilConnections(are: 0)
        }
      }

      /// A byte now and then is not progress that the application sees.
      @Test func aHandshakeByDropsEndsAtTheIdleTimeout() async throws {
        try await TestServer.run(over: .tls) { $0.timeouts.idle = 200 } _: { server in
          let client = try await RawClient.connect(to: server.serverAddress)
          for byte in Self.halfAHello { try await client.send([byte]) }
          #expect(try await client.receiveAll().isEmpty)
          try await server.untilConnections(are: 0)
        }
      }

      @Test func aFloodOfHandshakesTakesNoMorePlacesThanThereAreAndNobodysForLong() async throws {
        try await TestServer.run(over: .tls) { $0.connections = 8 } _: { server in
          var flood: [RawClient] = []
          for _ in 0..<200 {
            let client = try await RawClient.connect(to: server.serverAddress)
            try? await client.send(Self.halfAHello)
            flood.append(client)
          }
          #expect(try await server.transport.withApplication { app, _ in app.server.connectionCount } <= 8 + 8)
          #expect(try await Self.get("/", from: server).hasSuffix("<p>on</p>"))
          let (accepted, displaced) = try await server.transport.withApplication { app, _ in
            (app.server.counters.accepted, app.server.counters.displaced)
          }
          #expect(accepted == 201 && displaced == 193)
        }
      }

      @Test func whenAllPlacesAreBusyAHandshakeIsClosedWithoutAWord() async throws {
        try await TestServer.run(over: .tls) { $0.connections = 1 } _: { server in
          let busy = try await RawClient.connect(to: server.address)
          try await busy.send("POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n")
          try await server.until("a request") { $0.server.counters.requests == 1 }
          let client = try await RawClient.connect(to: server.serverAddress)
          #expect(try await client.receiveAll().isEmpty)
          try await busy.send("body")
          #expect(try await busy.receiveResponse().hasSuffix("\r\n\r\n4"))
        }
      }

      @Test(arguments: ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{5}hello"])
      func whatIsNoHandshakeIsClosedAndHandledByNobody(text: String) async throws {
        try await TestServer.run(over: .tls) { server in
          let client = try await RawClient.connect(to: server.serverAddress)
          try await client.send(text)
          #expect(try await client.receiveAll().first ?? 0x15 == 0x15, "nothing but an alert")
          try await server.untilConnections(are: 0)
          #expect(try await server.transport.withApplication { app, _ in app.server.counters.requests } == 0)
        }
      }

      @Test func shutdownDoesNotWaitForHandshakes() async throws {
        try await TestServer.run(over: .tls) { server in
          let client = try await RawClient.connect(to: server.serverAddress)
          try await client.send(Self.halfAHello)
          try await server.untilConnections(are: 1)
          try await server.transport.shutdown(grace: .seconds(600))  // longer than this test may take
          client.close()
        }
      }

      // MARK: The last word

      @Test func aConnectionThatRestsTooLongIsEndedWithTheLastWordOfTLS() async throws {
        try await TestServer.run(over: .tls) { $0.timeouts.idle = 100 } _: { server in
          let client = try await RawClient.connect(to: server.address)
          try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
          _ = try await client.receiveResponse()
          #expect(try await client.receiveAll().isEmpty)
          client.close()
          try await server.untilConnections(are: 0)
          #expect(server.uncleanEnds.withLock { $0 } == 0)
        }
      }

      // MARK: Identities

      @Test func aNewIdentityIsForNewConnectionsAndOpenOnesGoOn() async throws {
        try await TestServer.run(over: .tls) { server in
          let open = try await WebSocketPeer.connect(to: server.address)
          #expect(try await Self.certificate(of: server) == TestCertificates.first.certificate)
          let (certificate, key) = TestCertificates.second
          try server.identity?.replace(certificates: Array(certificate.utf8), key: Array(key.utf8))
          #expect(try await Self.certificate(of: server) == certificate)
          try await open.send(.text, Array("still here".utf8))
          #expect(try await open.nextText() == "still here")
          #expect(try await Self.get("/", from: server).hasSuffix("<p>on</p>"))
        }
      }

      @Test func whatIsNoIdentityIsAnErrorThatSaysWhatIsWrongAndTheOldOneStays() async throws {
        let (first, second) = (TestCertificates.first, TestCertificates.second)
        let broken: [(String, String, TLSIdentityError)] = [
          ("", first.key, .badCertificates),
          (first.key, first.key, .badCertificates),
          (String(first.certificate.prefix(300)), first.key, .badCertificates),
          (first.certificate, "", .badKey),
          (first.certificate, first.certificate, .badKey),
          (first.certificate, second.key, .foreignKey),
          (second.certificate + "\n" + first.certificate, first.key, .foreignKey),
        ]
        try await TestServer.run(over: .tls) { server in
          for (certificate, key, expected) in broken {
            let (certificate, key) = (Array(certificate.utf8), Array(key.utf8))
            let ofReplacing = Self.failure { try server.identity?.replace(certificates: certificate, key: key) }
            let ofMaking = Self.failure { _ = try TLSIdentity(certificates: certificate, key: key) }
            #expect(ofReplacing == expected)
            #expect(ofMaking == expected)
          }
          let shown = try await Self.certificate(of: server)
          #expect(shown == first.certificate)
        }
      }

      private static func failure(_ body: () throws -> Void) -> TLSIdentityError? {
        do { try body() } catch { return error as? TLSIdentityError }
        return nil
      }

      @Test func anIdentityTellsWhenItExpires() throws {
        let (certificate, key) = TestCertificates.first
        let identity = try TLSIdentity(certificates: Array(certificate.utf8), key: Array(key.utf8))
        #expect(identity.expiry > 4_900_000_000)
      }

      /// The test certificate that a new connection is shown.
      private static func certificate(of server: TestServer) async throws -> String? {
        let context = try NIOSSLContext(configuration: SecureTunnel.clientConfiguration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              let tls = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
              try channel.pipeline.syncOperations.addHandlers(tls, HandshakeWait(channel.eventLoop))
            }
          }
          .connect(to: server.serverAddress).get()
        let wait = try await channel.pipeline.handler(type: HandshakeWait.self).map { $0.isDone }.get()
        try await wait.get()
        let shown = try await channel.nioSSL_peerCertificate().get()
        try await channel.close()
        return try [TestCertificates.first, TestCertificates.second].map(\.certificate).first {
          try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem) == shown
        }
      }
    }
  }

  /// Waits for the end of a handshake.
  private final class HandshakeWait: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<Void>
    var isDone: EventLoopFuture<Void> { promise.futureResult }

    init(_ eventLoop: any EventLoop) { promise = eventLoop.makePromise() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      promise.succeed()
      context.fireUserInboundEventTriggered(event)
    }
    func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
  }
#endif
