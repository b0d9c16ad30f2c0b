// SPDX-License-Identifier: MIT

// The property that everything else rests on: whatever the kernel does between us and a client, the client gets the
// bytes that the same application gives it on the virtual network, all of them and in that order. If the kernel ends a
// connection, its client has the first of them, and everyone else is served. If the ring says too late what became of a
// send, the connection ends.

#if os(Linux)
  import ConformanceSupport
  import DeviceServer
  import HTTPCore
  import SystemCalls
  import Testing
  import Timebase

  @testable import LinuxTransport

  typealias Echo = ServerApplication<Int>

  func makeEcho() -> Echo {
    var router = Router<Int>()
    router.get("/") { _, _, response in response.send("short") }
    let long: [UInt8] = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 256 &+ $0) }
    router.get("/long") { _, _, response in response.send(shared: long, type: "application/octet-stream") }
    router.on(.post, "/echo") { _, request, response in
      response.send(shared: [UInt8](copying: request.body), type: "application/octet-stream")
    }
    router.webSocket("/ws") { _, hub, event in
      switch event {
      case .text(let client, let message): hub.text(message, to: client)
      case .binary(let client, let message): hub.binary(message, to: client)
      case .connect, .disconnect, .pong, .error: break
      }
    }
    var limits = ServerLimits()
    (limits.connections, limits.clients) = (1000, 1000)
    return ServerApplication(Server(router: router, limits: limits), context: 0)
  }

  extension [UInt8] {
    init(copying span: Span<UInt8>) { self = span.withUnsafeBufferPointer { Array($0) } }
  }

  /// What a client says: requests one behind the other, or a WebSocket and its messages; and that it wants the end.
  private func script(_ dice: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    if Bool.random(using: &dice) {
      for _ in 0..<Int.random(in: 0..<20, using: &dice) {
        switch Int.random(in: 0..<8, using: &dice) {
        case 0: bytes += Wire.request("GET", "/long")
        case 1...3:
          let body = String(repeating: "b", count: .random(in: 0..<9_000, using: &dice))
          bytes += Wire.request("POST", "/echo", ["Origin: http://192.168.1.32"], body: body)
        default: bytes += Wire.request("GET", "/")
        }
      }
      return bytes + Wire.request("GET", Bool.random(using: &dice) ? "/" : "/long", ["Connection: close"])
    }
    bytes += Wire.upgrade("/ws")
    for _ in 0..<Int.random(in: 0..<40, using: &dice) {
      let isLong = Int.random(in: 0..<6, using: &dice) == 0
      let count = Int.random(in: 0..<(isLong ? 20_000 : 300), using: &dice)
      bytes += Wire.frame(2, (0..<count).map { UInt8(truncatingIfNeeded: $0 &+ count) })
    }
    return bytes + Wire.frame(8, [0x03, 0xE8])
  }

  /// What is sent at a time: mostly a little, and what does not fill a buffer of ours.
  private func split(_ bytes: [UInt8], _ dice: inout SeededGenerator) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let size = Int.random(in: 0..<4, using: &dice) == 0 ? 20_000 : 500
      pieces.append(Array(rest.prefix(.random(in: 1...size, using: &dice))))
      rest = rest.dropFirst(pieces[pieces.count - 1].count)
    }
    return pieces
  }

  @Suite(.serialized, .timeLimit(.minutes(2))) struct TroubleTests {
    /// What the clients get on the virtual network.
    private static func answers(_ scripts: [[UInt8]]) -> [[UInt8]] {
      scripts.map { script in
        let network = VirtualNetwork(makeEcho())
        let number = network.connect()
        network.send(script, on: number)
        return network.received(on: number)
      }
    }

    @Test(arguments: [LinuxTransport<Echo>.Sending.plain, .automatic], [false, true])
    func whateverTheKernelDoesNoByteIsLostOrOutOfPlace(
      _ sending: LinuxTransport<Echo>.Sending, _ isDeadly: Bool
    ) async throws {
      for _ in 0..<2 {
        let seed = SeededGenerator.freshSeed()
        var dice = SeededGenerator(seed: seed)
        let scripts = (0..<16).map { _ in script(&dice) }
        let expected = Self.answers(scripts)
        let pieces = scripts.map { split($0, &dice) }
        Trouble.shared.withLock { [dice] in $0 = Trouble(seed: dice.seed &+ 1, isDeadly: isDeadly) }

        let transport = try await LinuxTransport.start(sending: sending, calls: Trouble.calls) { makeEcho() }
        let address = try await transport.listen(host: "127.0.0.1", port: 0)
        let harvests = try await Crowd.run(pieces, port: address.port)
        let trouble = Trouble.shared.withLock { $0 }
        print("trouble: seed \(seed): \(trouble.counts.sorted { $0.key < $1.key })")
        var (cut, wrong) = (0, 0)
        for (number, (harvest, answer)) in zip(harvests, expected).enumerated() {
          if harvest.bytes == answer { continue }
          cut += 1
          if answer.starts(with: harvest.bytes) { continue }
          wrong += 1
          let same = zip(harvest.bytes, answer).prefix { $0 == $1 }.count
          #expect(
            wrong <= trouble.lateReports,
            "seed \(seed), client \(number): other bytes than on the virtual network after \(same)")
        }
        #expect(cut <= trouble.deaths, "seed \(seed): \(cut) clients lack bytes, \(trouble.deaths) were cut off")
        #expect(trouble.counts.count >= 6, "seed \(seed): \(trouble.counts)")
        // The last of the crowd have ended, of which the loop may be yet to hear.
        var left = Int.max
        for _ in 0..<100_000 where left > trouble.deaths {
          left = try await transport.withApplication { app, _ in app.server.connectionCount }
        }
        try await transport.shutdown(grace: 100)
        #expect(left <= trouble.deaths, "seed \(seed)")
      }
    }
  }
#endif
