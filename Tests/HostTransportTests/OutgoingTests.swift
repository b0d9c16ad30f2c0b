// SPDX-License-Identifier: MIT

// The connection that a program makes: how it comes about, moves bytes and ends, and what is said when it does not come
// about. Its peer is the test server, over plain sockets and over TLS.

import DeviceServer
import HostTransport
import NIOCore
import NIOPosix
import TransportSecurity
import Testing
import Timebase

extension OverSockets {
  @Suite struct OutgoingTests {
    static let getBig = "GET /big HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    /// Two servers, of which the first makes connections to the second.
    static func pair(
      over carrier: Carrier = .any, _ body: (TestServer, TestServer, TLSTrust?) async throws -> Void
    ) async throws {
      try await TestServer.run(over: carrier.unencrypted) { program in
        try await TestServer.run(over: carrier) { peer in
          let trust = try !carrier.isSecure ? nil : TLSTrust(.certificates(Array(TestCertificates.first.certificate.utf8)))
          try await body(program, peer, trust)
        }
      }
    }

    /// The body of `GET /big` is at the end of what came.
    static func untilBig(_ program: TestServer) async throws {
      try await program.until("the whole body") { $0.context.caller.input.suffix(TestServer.bigBody.count).elementsEqual(TestServer.bigBody) }
    }

    @Test(arguments: Carrier.allCases) func bytesGoBothWaysInOrderHoweverLittleIsTaken(over carrier: Carrier) async throws {
      try await Self.pair(over: carrier) { program, peer, trust in
        try await program.transport.withApplication { app, _ in app.context.caller.bite = 997 }
        try await program.call(peer, trust, Self.getBig)
        try await Self.untilBig(program)
        try await program.untilCaller(.closed)
      }
    }

    @Test(arguments: Carrier.allCases) func whatIsNotTakenIsNotRead(over carrier: Carrier) async throws {
      try await Self.pair(over: carrier) { program, peer, trust in
        try await program.transport.withApplication { app, _ in app.context.caller.capacity = 1000 }
        try await program.call(peer, trust, Self.getBig)
        try await program.until("the first of it") { $0.context.caller.input.count == 1000 }
        // Whoever reads has a megabyte in this time; what is not read stays with the peer, but for the kernel's buffers.
        let other = try await RawClient.connect(to: peer.address)
        try await other.send(Self.getBig)
        #expect(try await other.receiveAll().count > TestServer.bigBody.count)
        #expect(try await peer.transport.withApplication { app, _ in app.server.connectionCount } >= 1)
        try await program.transport.withApplication { app, _ in app.context.caller.capacity = .max }
        try await Self.untilBig(program)
      }
    }

    @Test(arguments: Carrier.allCases) func aConnectionIsClosedBehindItsLastByte(over carrier: Carrier) async throws {
      try await Self.pair(over: carrier) { program, peer, trust in
        try await program.call(peer, trust)
        try await program.untilCaller(.opened)
        try await program.transport.withApplication { app, _ in
          // Their answers are under way while we end.
          app.context.caller.output = Array(String(repeating: "GET /scheme HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 500).utf8)
          app.context.caller.next = .close
        }
        try await peer.until("the last request") { $0.server.counters.requests == 500 }
        try await program.untilCaller(.closed)
        #expect(try await program.caller.happenings == [.opened, .closed])
      }
    }

    @Test(arguments: Carrier.unencrypted)
    func theProgramSaysItsLastWordsWhenTheTransportEnds(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { peer in
        try await TestServer.run(over: carrier) { program in
          try await program.call(peer)
          try await program.untilCaller(.opened)
          try await program.transport.withApplication { app, _ in
            app.context.caller.lastWords = Array("GET /scheme HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
          }
        }
        try await peer.until("its last words") { $0.server.counters.requests == 1 }
      }
    }

    @Test(arguments: Carrier.unencrypted) func anotherConnectionMayFollow(over carrier: Carrier) async throws {
      try await Self.pair(over: carrier) { program, peer, _ in
        try await program.call(peer, nil, Self.getBig)
        try await program.untilCaller(.closed)
        try await program.transport.withApplication { app, _ in
          app.context.caller.input = []
          app.context.caller.output = Array(Self.getBig.utf8)
          app.context.caller.next = .connect(.other(host: Array("localhost".utf8), port: nil, like: 0))
        }
        try await Self.untilBig(program)
        try await program.untilCaller(.closed)
        #expect(try await program.caller.happenings == [.opened, .closed, .opened, .closed])
      }
    }

    // MARK: It does not come about

    @Test(arguments: Carrier.unencrypted) func aPortThatNoOneListensToIsSaid(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { program in
        let port = try await TestServer.run(over: carrier) { $0.serverAddress.port ?? 0 }  // which has ended
        try await program.call("127.0.0.1", port)
        try await program.untilCaller(.failed("Connection refused"))
      }
    }

    @Test(arguments: Carrier.unencrypted) func aNameThatNoOneHasIsSaid(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { program in
        let name = String(repeating: "a", count: 70)  // no label of a name is as long, so no server of names is asked
        try await program.call(name, 1883)
        try await program.until("a failure") { !$0.context.caller.happenings.isEmpty }
        #expect(try await program.caller.happenings == [.failed("the name \(name) is not known")])
      }
    }

    @Test(arguments: Carrier.unencrypted) func aServerThatIsNotKnownIsSaid(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { program in
        try await program.transport.withApplication { app, _ in app.context.caller.next = .connect(.known(1)) }
        try await program.transport.connect(.caller, servers: [])
        try await program.untilCaller(.failed("there is no such server"))
      }
    }

    #if TLS
      @Test func aServerThatOthersVouchForIsNotTrusted() async throws {
        try await Self.pair(over: .tls) { program, peer, _ in
          let trust = try TLSTrust(.certificates(Array(TestCertificates.second.certificate.utf8)))
          try await program.call(peer, trust)
          try await program.untilCaller(.failed("the server's certificate is not trusted"))
        }
      }

      @Test func aServerThatNobodyVouchesForIsNotTrusted() async throws {
        try await Self.pair(over: .tls) { program, peer, _ in
          try await program.call(peer, try TLSTrust(.system))
          try await program.untilCaller(.failed("the server's certificate is not trusted"))
        }
      }

      /// Said by `openssl x509 -fingerprint -sha256`.
      static let fingerprint: [UInt8] = [
        0x7C, 0xC1, 0x32, 0x1F, 0x97, 0x2B, 0x63, 0x45, 0x27, 0x87, 0x76, 0x06, 0x0D, 0xA0, 0xEB, 0x34,
        0x9A, 0xD1, 0xD5, 0x6E, 0xF8, 0xB0, 0x88, 0x06, 0x78, 0xC8, 0x6E, 0x9B, 0xBC, 0x5A, 0x3A, 0xB8,
      ]

      @Test func aServerIsKnownByItsFingerprint() async throws {
        try await Self.pair(over: .tls) { program, peer, _ in
          try await program.call(peer, try TLSTrust(.fingerprint(Self.fingerprint)), Self.getBig)
          try await Self.untilBig(program)
        }
      }

      @Test func anotherFingerprintIsNotTrusted() async throws {
        try await Self.pair(over: .tls) { program, peer, _ in
          try await program.call(peer, try TLSTrust(.fingerprint(Self.fingerprint.reversed())))
          try await program.untilCaller(.failed("the server's certificate is not trusted"))
        }
      }

      @Test func aServerWithoutTLSIsSaid() async throws {
        try await Self.pair { program, peer, _ in
          try await program.call(peer, try TLSTrust(.system))
          try await program.untilCaller(.failed("the server does not speak TLS on this port"))
        }
      }

      @Test func aServerThatDoesNotAnswerTheHandshakeHasFailed() async throws {
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .childChannelOption(.autoRead, value: false)
          .bind(host: "127.0.0.1", port: 0).get()
        try await TestServer.run { program in
          let port = silent.localAddress?.port ?? 0
          try await program.call("127.0.0.1", port, try TLSTrust(.system), timeout: 200)
          try await program.untilCaller(.failed("no answer"))
          try await program.transport.withApplication { app, _ in app.context.caller.next = .connect(.known(0)) }
          try await program.until("another attempt fails, too") { $0.context.caller.happenings.count == 2 }
          #expect(try await program.caller.happenings == [.failed("no answer"), .failed("no answer")])
        }
        try await silent.close()
      }

      /// A server whose kernel accepts, and that says nothing.
      @Test func theTransportEndsInTimeThoughAConnectionIsStillBeingMade() async throws {
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .childChannelOption(.autoRead, value: false)
          .bind(host: "127.0.0.1", port: 0).get()
        try await TestServer.run { program in  // which is given 100 ms for its end
          try await program.call("127.0.0.1", silent.localAddress?.port ?? 0, try TLSTrust(.system))
        }
        try await silent.close()
      }
    #endif
  }
}
