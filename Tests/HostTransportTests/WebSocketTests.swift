// SPDX-License-Identifier: MIT

// WebSocket over real sockets: SwiftNIO's client for what any peer does, raw bytes for who does it first.

import DeviceServer
import NIOCore
import NIOWebSocket
import Testing
import Timebase
import WebSocketCore

extension OverSockets {
  @Suite struct WebSocketTests {
    static let sizes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000]

    static func payload(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 127) } }

    @Test(arguments: [WebSocketOpcode.text, .binary], Carrier.allCases)
    func everyLengthIsEchoed(opcode: WebSocketOpcode, over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { limits in
        limits.webSocket.messageSize = 1 << 20
        limits.outboxSize = 2 << 20
      } _: { server in
        let peer = try await WebSocketPeer.connect(to: server.address)
        for size in Self.sizes {
          try await peer.send(opcode, Self.payload(size))
          let echo = try await peer.next()
          #expect(echo.opcode == opcode && echo.fin)
          #expect(Array(echo.unmaskedData.readableBytesView) == Self.payload(size), "\(size) bytes")
        }
      }
    }

    /// The example handshake of RFC 6455 section 1.3 and its masked "Hello" of section 5.7.
    static let hello: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]

    @Test(arguments: Carrier.allCases) func theFirstMessageMayComeWithTheHandshake(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        try await client.send(Array(RawClient.handshake.utf8) + Self.hello)
        let response = try await client.receiveResponse(hasBody: false)
        #expect(response.hasPrefix("HTTP/1.1 101 "))
        #expect(response.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        #expect(try await client.receiveFrame() == .init(0x81, Array("Hello".utf8)))
      }
    }

    #if os(Linux)
      /// Some clients keep a message that comes along with the 101 until the next bytes.
      @Test(arguments: Carrier.unencrypted)
      func theAnswerToAHandshakeIsASegmentOfItsOwnBeforeTheFirstMessage(over carrier: Carrier) async throws {
        try await TestServer.run(over: carrier) { server in
          try await server.publishState("lamp on")
          let client = try await RawClient.connect(to: server.address)
          try await client.send(RawClient.handshake)
          #expect(try await client.receiveResponse(hasBody: false).hasPrefix("HTTP/1.1 101 "))
          #expect(try await client.receiveFrame() == .init(0x81, Array("lamp on".utf8)))
          #expect(client.dataSegments == 2)
        }
      }
    #endif

    @Test(arguments: Carrier.allCases) func aHandshakeAndAMessageByteByByteAreTheSame(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        for byte in Array(RawClient.handshake.utf8) + Self.hello { try await client.send([byte]) }
        #expect(try await client.receiveResponse(hasBody: false).hasPrefix("HTTP/1.1 101 "))
        #expect(try await client.receiveFrame() == .init(0x81, Array("Hello".utf8)))
      }
    }

    @Test(arguments: Carrier.allCases) func manyMessagesInOneSegmentComeBackInOrder(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connectSocket(to: server.address)
        try await client.send((0..<1000).flatMap { RawClient.frame(0x81, Array("\($0)".utf8)) })
        for number in 0..<1000 {
          #expect(try await client.receiveFrame() == .init(0x81, Array("\(number)".utf8)))
        }
      }
    }

    @Test(arguments: Carrier.allCases) func aBroadcastReachesAll(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { limits in
        (limits.connections, limits.clients) = (100, 100)
      } _: { server in
        var peers: [WebSocketPeer] = []
        for _ in 0..<20 { peers.append(try await .connect(to: server.address)) }
        try await server.untilClients(are: 20)
        try await server.withHub { hub in
          hub.textAll(Array("small".utf8).span)
          hub.textAll([UInt8](repeating: UInt8(ascii: "l"), count: 100_000).span)
        }
        for peer in peers {
          #expect(try await peer.nextText() == "small")
          #expect(try await peer.nextText().utf8.count == 100_000)
        }
      }
    }

    @Test(arguments: Carrier.allCases) func pingsAreAnsweredBothWays(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let peer = try await WebSocketPeer.connect(to: server.address)
        try await peer.send(.ping, [1, 2, 3])
        let pong = try await peer.next()
        #expect(pong.opcode == .pong)
        #expect(Array(pong.unmaskedData.readableBytesView) == [1, 2, 3])

        try await server.untilClients(are: 1)
        try await server.withHub { $0.pingAll([4, 5].span) }
        let ping = try await peer.next()
        #expect(ping.opcode == .ping)
        try await peer.send(.pong, Array(ping.unmaskedData.readableBytesView))
        try await server.until("the pong") { $0.context.happenings.contains(.pong([4, 5])) }
      }
    }

    @Test(arguments: Carrier.allCases) func aClientThatAnswersNoPingIsLetGo(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { limits in
        limits.timeouts.webSocket.pingInterval = 30
        limits.timeouts.webSocket.pongTimeout = 30
      } _: { server in
        let client = try await RawClient.connectSocket(to: server.address)
        #expect(try await client.receiveFrame() == .init(0x89, []))
        #expect(try await client.receiveFrame() == .init(0x89, []))
        #expect(try await client.receiveAll().isEmpty)  // an end, not a reset
        try await server.untilConnections(are: 0)
      }
    }

    // MARK: The end

    /// RFC 6455 section 7.1.1: the server closes TCP first, so that its peer does not keep the port in TIME_WAIT.
    @Test(arguments: Carrier.allCases) func whenTheClientClosesTheServerAnswersAndEndsTheConnectionFirst(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connectSocket(to: server.address)
        try await client.send(RawClient.frame(0x88, [0x03, 0xe8] + Array("bye".utf8)))
        #expect(try await client.receiveFrame() == .init(0x88, [0x03, 0xe8]))
        #expect(try await client.receiveAll().isEmpty)  // the server's FIN, though the client has not ended
        let gone = World.Happening.disconnect(code: 1000, reason: Array("bye".utf8))
        #expect(try await server.happenings.last == gone)
        try await server.untilConnections(are: 1)  // until the client ends too
        client.close()
        try await server.untilConnections(are: 0)
      }
    }

    #if os(Linux)
      /// Nothing waits between the two: whoever has read the Close finds the end there already.
      @Test(arguments: Carrier.unencrypted)
      func theEndComesAlongWithTheAnswerToAClose(over carrier: Carrier) async throws {
        try await TestServer.run(over: carrier) { server in
          for _ in 0..<100 {
            let client = try await RawClient.connectSocket(to: server.address)
            try await client.send(RawClient.frame(0x88, [0x03, 0xe8]))
            #expect(try await client.receiveFrame() == .init(0x88, [0x03, 0xe8]))
            try #require(client.hasPeerEnded)
            client.close()
          }
        }
      }
    #endif

    @Test(arguments: Carrier.allCases) func whenTheServerClosesItEndsTheConnectionAfterTheAnswer(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connectSocket(to: server.address)
        try await server.withHub { $0.closeAll(.goingAway, reason: "later") }
        #expect(try await client.receiveFrame() == .init(0x88, [0x03, 0xe9] + Array("later".utf8)))
        try await client.send(RawClient.frame(0x88, [0x03, 0xe9]))
        #expect(try await client.receiveAll().isEmpty)
        client.close()
        try await server.untilConnections(are: 0)
        #expect(try await server.happenings.last == .disconnect(code: 1001, reason: Array("later".utf8)))
      }
    }

    @Test(arguments: Carrier.allCases) func aMessageTooLongIsClosedWith1009ThoughMoreIsComing(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { $0.webSocket.messageSize = 1000 } _: { server in
        let client = try await RawClient.connectSocket(to: server.address)
        try await client.send(RawClient.frame(0x82, [UInt8](repeating: 0, count: 2_000_000)))
        let close = try await client.receiveFrame()
        #expect(close.firstByte == 0x88)
        #expect(close.payload.starts(with: [0x03, 0xf1]))
        #expect(try await client.receiveAll().isEmpty)
      }
    }

    @Test(arguments: Carrier.allCases) func aClientThatResetsIsGoneWith1006(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let other = try await WebSocketPeer.connect(to: server.address)
        let client = try await RawClient.connectSocket(to: server.address)
        try await client.send(Array(RawClient.frame(0x82, Self.payload(5000)).prefix(100)))
        try client.reset()
        try await server.untilClients(are: 1)
        #expect(try await server.happenings.last == .disconnect(code: 1006, reason: []))
        try await other.send(.text, Array("still here".utf8))
        #expect(try await other.nextText() == "still here")
      }
    }

    /// There is no WebSocket with one direction: an end without a Close is the end (RFC 6455 section 7.1.5).
    @Test(arguments: Carrier.allCases) func aClientThatEndsItsDirectionIsGoneWith1006(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connectSocket(to: server.address)
        try await client.send(RawClient.frame(0x81, Array("last".utf8)))
        #expect(try await client.receiveFrame() == .init(0x81, Array("last".utf8)))
        try client.finishSending()
        #expect(try await client.receiveAll().isEmpty)
        try await server.untilConnections(are: 0)
        #expect(try await server.happenings.last == .disconnect(code: 1006, reason: []))
      }
    }
  }
}
