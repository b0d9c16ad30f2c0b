// SPDX-License-Identifier: MIT

// HTTP over real sockets, byte by byte where it matters: what only shows when a kernel stands between the peers is
// who ends which direction, and whether an answer survives a peer that is still sending.

import Bytes
import DeviceServer
import Foundation
import HTTPCore
import HostTransport
import NIOCore
import SystemCalls
import Testing
import Timebase

extension OverSockets {
  @Suite struct HTTPTests {
    @Test(arguments: Carrier.allCases) func aPageIsAnsweredAndTheConnectionStays(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        for _ in 0..<3 {
          try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
          let response = try await client.receiveResponse()
          #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
          #expect(response.hasSuffix("\r\n\r\n<p>on</p>"))
        }
        try await server.untilConnections(are: 1)
      }
    }

    @Test(arguments: Carrier.unencrypted)
    func aResponseSaysTheTimeOfTheSystemsClock(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        let before = Int64(Date().timeIntervalSince1970)
        for _ in 0..<20 { try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") }
        var dates: Set<Substring> = []
        for _ in 0..<20 {
          dates.formUnion(try await client.receiveResponse().split(separator: "\r\n").filter { $0.hasPrefix("Date: ") })
        }
        let after = Int64(Date().timeIntervalSince1970)
        let possible = (before...after).map { "Date: " + text(HTTPDate(secondsSince1970: $0).bytes) }
        #expect(!dates.isEmpty && dates.allSatisfy { possible.contains(String($0)) })
        // Each second is told once, however much happens in it.
        let told = try await server.transport.withApplication { app, _ in app.context.seconds }
        #expect(told == Set(told).sorted())
      }
    }

    private func text(_ bytes: Span<UInt8>) -> String { String(decoding: [UInt8](bytes), as: UTF8.self) }

    @Test(arguments: Carrier.allCases) func requestsInOneSegmentAreAnsweredInOrder(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        let body = [String](repeating: "x", count: 300).joined()
        try await client.send(
          "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
            + "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300\r\n\r\n\(body)"
            + "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"
            + "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(try await client.receiveResponse().hasSuffix("<p>on</p>"))
        #expect(try await client.receiveResponse().hasSuffix("\r\n\r\n300"))
        #expect(try await client.receiveResponse().hasPrefix("HTTP/1.1 404 "))
        let last = String(decoding: try await client.receiveAll(), as: UTF8.self)
        #expect(last.hasPrefix("HTTP/1.1 200 ") && last.hasSuffix("\r\n\r\n"))
        #expect(last.lowercased().contains("content-length: 9\r\n"))
        #expect(last.lowercased().contains("connection: close\r\n"))
      }
    }

    @Test(arguments: Carrier.allCases) func aThousandPipelinedRequestsAreAllAnswered(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address, receiveBuffer: 4096)
        let requests = [String](repeating: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 1000).joined()
        async let sent: Void = client.send(requests)
        for _ in 0..<1000 {
          #expect(try await client.receiveResponse().hasSuffix("\r\n\r\n<p>on</p>"))
        }
        try await sent
      }
    }

    @Test(arguments: Carrier.allCases) func aRequestByteByByteIsOneRequest(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        for byte in "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello".utf8 {
          try await client.send([byte])
        }
        #expect(try await client.receiveResponse().hasSuffix("\r\n\r\n5"))
      }
    }

    /// A read stops short before what is urgent, and the kernel does not say again that there is more.
    @Test(arguments: Carrier.unencrypted) func whatComesBehindUrgentDataIsRead(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        for _ in 0..<3 {
          try await client.send("GET / HT")
          try client.sendUrgent(UInt8(ascii: "!"))
          try await client.send("TP/1.1\r\nHost: localhost\r\n\r\n")
          #expect(try await client.receiveResponse().hasPrefix("HTTP/1.1 200 "))
        }
      }
    }

    @Test(arguments: Carrier.allCases) func aClientThatEndsItsDirectionStillGetsItsAnswer(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try client.finishSending()
        let answer = String(decoding: try await client.receiveAll(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\n<p>on</p>"))
        try await server.untilConnections(are: 0)
      }
    }

    /// The last bytes wait in the channel when the server has written all it has: neither the end of the server's
    /// direction nor that of the client's, which comes after it has read so much, may overtake them.
    @Test(arguments: [nil, 0, 975_000, 980_000, 985_000, 990_000, 992_500, 995_000, 1_000_000], Carrier.allCases)
    func aLargeAnswerReachesASlowReaderToTheLastByte(endsItsDirectionAfter count: Int?, over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address, receiveBuffer: 2048)
        try await client.send("GET /big HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        var answer: [UInt8] = []
        if let count {
          answer = try await client.receive(exactly: count)
          try client.finishSending()
        }
        answer += try await client.receiveAll()
        let isWhole = answer.suffix(TestServer.bigBody.count).elementsEqual(TestServer.bigBody)
        #expect(isWhole, "\(answer.count) bytes came")
        client.close()
        try await server.untilConnections(are: 0)
        #expect(server.uncleanEnds.withLock { $0 } == 0)
      }
    }

    // MARK: Errors

    static let refusedWhileSending: [(request: String, status: String)] = [
      ("POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n", "413"),
      ("POST /length HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 4000000\r\n\r\n", "400"),
      ("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", "400"),
    ]

    /// A server that closes with input unread makes the kernel send RST, which destroys the answer on its way.
    @Test(arguments: refusedWhileSending, Carrier.allCases)
    func aRefusalReachesAClientThatIsStillSending(
      refused: (request: String, status: String), over carrier: Carrier
    ) async throws {
      let (request, status) = refused
      try await TestServer.run(over: carrier) { server in
        let client = try await RawClient.connect(to: server.address)
        try await client.send(request)
        try await client.send([UInt8](repeating: UInt8(ascii: "x"), count: 4_000_000))
        let answer = String(decoding: try await client.receiveAll(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.hasSuffix("\"}"))
        #expect(answer.lowercased().contains("connection: close\r\n"))
        client.close()
        try await server.untilConnections(are: 0)
      }
    }

    @Test(arguments: Carrier.unencrypted)
    func aConnectionBeyondTheLimitGets503AndAPlaceThatIsFreeIsGivenAgain(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { $0.connections = 2 } _: { server in
        let head = "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
        let first = try await RawClient.connect(to: server.address)
        let second = try await RawClient.connect(to: server.address)
        for client in [first, second] { try await client.send(head) }
        try await server.until("two requests") { $0.server.counters.requests == 2 }
        let third = try await RawClient.connect(to: server.address)
        try await third.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let refusal = String(decoding: try await third.receiveAll(), as: UTF8.self)
        #expect(refusal.hasPrefix("HTTP/1.1 503 "))
        #expect(refusal.hasSuffix("\"}"))
        third.close()
        first.close()
        try await server.untilConnections(are: 1)
        let fourth = try await RawClient.connect(to: server.address)
        try await fourth.send(head)
        for client in [second, fourth] {
          try await client.send("body")
          #expect(try await client.receiveResponse().hasPrefix("HTTP/1.1 200 "))
        }
      }
    }

    @Test(arguments: Carrier.allCases) func aConnectionThatRestsMakesRoomForANewOne(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { $0.connections = 1 } _: { server in
        var last: RawClient?
        for _ in 0..<10 {
          let client = try await RawClient.connect(to: server.address)
          try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
          #expect(try await client.receiveResponse().hasPrefix("HTTP/1.1 200 "))
          #expect(try await last?.receiveAll() ?? [] == [])
          last = client
        }
        try await server.untilConnections(are: 1)
      }
    }

    @Test(arguments: Carrier.allCases) func aSlowHeadIsAnswered408ThoughNoByteComes(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { limits in
        limits.timeouts.head = 50
      } _: { server in
        let client = try await RawClient.connect(to: server.address)
        try await client.send("GET / HTTP/1.1\r\nHo")
        let answer = String(decoding: try await client.receiveAll(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
      }
    }

    @Test(arguments: Carrier.allCases) func aResetInTheMiddleOfAnAnswerEndsOnlyThatConnection(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let other = try await RawClient.connect(to: server.address)
        for _ in 0..<5 {
          let client = try await RawClient.connect(to: server.address, receiveBuffer: 2048)
          try await client.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
          _ = try await client.receive(exactly: 1000)
          try client.reset()
        }
        try await server.untilConnections(are: 1)
        try await other.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await other.receiveResponse().hasSuffix("<p>on</p>"))
      }
    }
  }
}
