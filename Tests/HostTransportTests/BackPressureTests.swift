// SPDX-License-Identifier: MIT

// Clients that do not read, or vanish. A kernel takes megabytes for a peer that never reads, so what was handed to it
// is measured where it counts: in the bytes that the slow peer has to read before it sees the present.

import DeviceServer
import HostTransport
import NIOCore
import NIOWebSocket
import Testing

extension OverSockets {
  @Suite struct BackPressureTests {
    /// A state of 1 KB that begins with its number.
    static func state(_ number: Int) -> String {
      "\(number) " + [String](repeating: "x", count: 1000).joined()
    }

    static func number(of text: some Collection<UInt8>) -> Int? {
      Int(String(decoding: text.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
    }

    /// The slow client asks for large echoes first (or not), then reads nothing while 1,000 states go out.
    @Test(arguments: [0, 6], Carrier.allCases)
    func aClientThatNeverReadsCostsNobodyAnything(echoes: Int, over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let slow = try await RawClient.connectSocket(to: server.address, receiveBuffer: 4096)
        let quick = try await WebSocketPeer.connect(to: server.address)
        try await server.publishState("0")
        #expect(try await slow.receiveFrame() == .init(0x81, Array("0".utf8)))
        #expect(try await quick.nextText() == "0")
        let echo = [UInt8](repeating: 7, count: 60_000)
        async let asked: Void = slow.send(
          (0..<echoes).flatMap { _ in RawClient.frame(0x82, echo) })
        if echoes > 0 { try await server.until("an echo") { $0.context.messageCount > 0 } }

        // Each state has come before the next is published, while the slow client still reads nothing.
        for number in 1...1000 {
          try await server.publishState(Self.state(number))
          #expect(Self.number(of: try await quick.nextText().utf8) == number)
        }

        var echoed = 0
        var states: [Int] = []
        var size = 0
        while states.last != 1000 || echoed < echoes {
          let frame = try await slow.receiveFrame()
          if frame.firstByte == 0x82 {
            echoed += 1
            let isWhole = frame.payload == echo
            #expect(isWhole)
          } else {
            states.append(try #require(Self.number(of: frame.payload.prefix(10))))
            size += frame.size
          }
        }
        try await asked
        #expect(zip(states, states.dropFirst()).allSatisfy { $0 < $1 })
        #expect(size < 128 << 10, "of the 1 MB of states, what the kernel took, and one more")
        let conflated = try await server.withHub { $0.counters.conflated }
        #expect(Int(conflated) == 1000 - states.count)
      }
    }

    /// 64 MB are offered to a server whose echoes nobody reads; then they are read, and none is missing.
    @Test(arguments: Carrier.allCases) func aFloodStallsTheFlooderAndLosesNothing(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let flooder = try await RawClient.connectSocket(to: server.address, receiveBuffer: 4096)
        let frames = (0..<64).map { RawClient.frame(0x82, [UInt8](repeating: $0, count: 4096)) }
        let chunk = frames.flatMap { $0 }
        let before = residentBytes()
        let sent = try await flooder.flood(chunk, limit: 64 << 20)
        #expect(sent < 16 << 20, "the flooder's own writes stall")
        if let before, let after = residentBytes() { #expect(after - before < 48 << 20) }
        let received = try await server.transport.withApplication { app, _ in app.context.messageCount }
        #expect(received * 4096 < 1 << 20, "the server takes no more than it may answer")

        // Others are served meanwhile.
        let other = try await WebSocketPeer.connect(to: server.address)
        try await other.send(.text, Array("hello".utf8))
        #expect(try await other.nextText() == "hello")

        let rest = (frames[0].count - sent % frames[0].count) % frames[0].count
        let cut = sent % chunk.count
        async let finished: Void = flooder.send(Array(chunk[cut..<cut + rest]))
        for number in 0..<(sent + rest) / frames[0].count {
          let echo = try await flooder.receiveFrame()
          guard echo.firstByte == 0x82, echo.payload.count == 4096,
            echo.payload.allSatisfy({ $0 == UInt8(number % 64) })
          else {
            Issue.record("echo \(number) is not what was sent")
            break
          }
        }
        try await finished
      }
    }

    /// The client ends its direction while the server holds requests back: all are answered all the same.
    @Test(arguments: Carrier.allCases) func theEndOfAPipelineWaitsBehindItsRequests(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address, receiveBuffer: 4096)
        let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try await client.send([String](repeating: request, count: 1000).joined())
        try client.finishSending()
        for _ in 0..<1000 { #expect(try await client.receiveResponse().hasSuffix("\r\n\r\n<p>on</p>")) }
        #expect(try await client.receiveAll().isEmpty)
        try await server.untilConnections(are: 0)
      }
    }

    /// Rounds of 200 clients that connect and are gone without a word, while every tick reaches those that stay.
    @Test(arguments: Carrier.allCases) func aBroadcastReachesExactlyTheLiving(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { limits in
        (limits.connections, limits.clients) = (1000, 1000)
      } _: { server in
        var living: [WebSocketPeer] = []
        for _ in 0..<5 { living.append(try await .connect(to: server.address)) }
        try await server.untilClients(are: 5)
        var tick = 0
        for round in 0..<3 {
          let vanishing = try await RawClient.connectSockets(200, to: server.address)
          try await server.untilClients(are: 205)
          for (number, client) in vanishing.enumerated() {
            if number % 20 == 0 {
              tick += 1
              try await server.withHub { [tick] in _ = $0.textAll(Array(Self.state(tick).utf8).span) }
            }
            if number % 2 == round % 2 { try client.reset() } else { client.close() }
          }
          try await server.untilConnections(are: 5)
        }
        let before = try await server.withHub { $0.counters.enqueued }
        try await server.withHub { _ = $0.textAll(Array("0 last".utf8).span) }
        #expect(try await server.withHub { $0.counters.enqueued } == before + 5)
        for peer in living {
          for number in 1...tick { #expect(Self.number(of: try await peer.nextText().utf8) == number) }
          #expect(try await peer.nextText() == "0 last")
        }
        let happenings = try await server.happenings
        #expect(happenings.count { $0 == .disconnect(code: 1006, reason: []) } == 600)
      }
    }
  }
}
