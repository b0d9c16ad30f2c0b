// SPDX-License-Identifier: MIT

// Anything may happen in any order: clients come and go, send sense and nonsense in pieces, stop reading,
// and time jumps. Whatever happens, what the server sends is well formed, the tables are empty at the end,
// and no deadline stays due.

import Bytes
import ConformanceSupport
import HTTPCore
import Testing
import Timebase
import WebSocketCore

@testable import DeviceServer

@Suite struct RandomScriptTests {
  @Test(arguments: 0..<20) func nothingThatHappensBreaksTheServer(run: Int) {
    var script = Script(seed: SeededGenerator.freshSeed())
    for _ in 0..<300 { script.step() }
    script.end()
  }

  /// Every limit at a random extreme: what a program may set must not be what breaks it.
  @Test(arguments: 0..<40) func noLimitThatCanBeSetBreaksTheServer(run: Int) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    var script = Script(seed: generator.next(), limits: .extreme(&generator))
    for _ in 0..<150 { script.step() }
    script.end()
  }
}

extension ServerLimits {
  /// Limits that nobody would set, any of them.
  fileprivate static func extreme(_ generator: inout SeededGenerator) -> ServerLimits {
    func number() -> Int {
      let some: [Int] = [.min, .min + 1, -1, 0, 1, 2, 100, 5000, .max / 2, .max - 1, .max]
      return some[Int.random(in: 0..<some.count, using: &generator)]
    }
    func time() -> Milliseconds {
      let some: [UInt32] = [0, 1, 20, 1000, 20_000, .max - 1, .max]
      return Milliseconds(some[Int.random(in: 0..<some.count, using: &generator)])
    }
    var limits = ServerLimits()
    limits.connections = number()
    limits.refusals = number()
    limits.clients = number()
    limits.eventStreams = number()
    limits.deflateMemory = number()
    limits.outboxSize = number()
    limits.outputHighWater = number()
    limits.webSocket.messageSize = number()
    limits.http.targetSize = number()
    limits.http.headSize = number()
    limits.http.fieldCount = number()
    limits.http.bodySize = number()
    limits.http.chunkExtensionSize = number()
    limits.http.outputSize = number()
    limits.timeouts.head = time()
    limits.timeouts.body = time()
    limits.timeouts.idle = time()
    limits.timeouts.write = time()
    limits.timeouts.answer = time()
    limits.timeouts.linger = time()
    limits.timeouts.eventKeepAlive = time()
    limits.timeouts.webSocket = WebSocketConnection.Timing(
      pingInterval: time(), pongTimeout: time(), closeTimeout: time())
    return limits
  }
}

/// A codec of which each byte unfolds to a hundred, as far as the limit allows.
private final class Unfolding: MessageCodec {
  let memorySize: Int

  init(memorySize: Int) { self.memorySize = memorySize }

  func inflate(_ input: Span<UInt8>, isLast: Bool, to output: inout [UInt8], limit: Int) throws(WebSocketError) {
    for index in input.indices {
      guard limit - output.count >= 100 else { throw .messageTooBig }
      for _ in 0..<100 { output.append(input[index]) }
    }
  }

  func deflate(_ message: Span<UInt8>, _ use: (Span<UInt8>) -> Void) { use(message) }
}

private struct Script {
  var generator: SeededGenerator
  let network: Network
  var clients: [Client] = []
  /// What each client has yet to send.
  var unsent: [[UInt8]] = []

  /// Limits other than the usual ones: then it matters only that nothing breaks.
  let hasOwnLimits: Bool

  init(seed: UInt64, limits own: ServerLimits? = nil) {
    generator = SeededGenerator(seed: seed)
    hasOwnLimits = own != nil
    var limits = ServerLimits()
    limits.connections = 6
    limits.clients = 3
    limits.outboxSize = 20_000
    limits.outputHighWater = 2000
    limits.http.outputSize = 1500
    let memory = [0, 1000, .max][Int.random(in: 0..<3, using: &generator)]
    network = makeNetwork(limits: own ?? limits) { router in
      router.events("/events", of: WebSocketEndpoint(index: 0))
      router.get("/") { _, _, response in response.send("hello") }
      router.get("/large") { _, _, response in response.body = [UInt8](repeating: 1, count: 30_000) }
      router.on(.put, "/") { _, request, response in response.body = [UInt8](request.body) }
    }
    guard hasOwnLimits else { return }
    network.change { application, _ in
      application.server.compression = DeflateSupport(memorySize: { _ in memory }) { _ in
        Unfolding(memorySize: memory)
      }
    }
  }

  mutating func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func step() {
    switch pick(0..<14) {
    case 0, 1: connect()
    case 2, 3, 4, 5, 6: sendSome()
    case 7: network.advance(by: Milliseconds(UInt32(pick(0..<3000))))
    case 8: with { $0.stopReading() }
    case 9: with { $0.startReading() }
    case 10: with { script in script.network.read(500, on: script.number) }
    case 11: hubCall()
    case 12: with { $0.finish() }
    default: if pick(0..<4) == 0 { with { $0.breakOff() } }
    }
    if !hasOwnLimits {
      #expect(network.server.connectionCount <= 6 + 2 * 8, "seed \(generator.seed)")
      #expect(network.clientCount <= 3, "seed \(generator.seed)")
    }
    if let deadline = network.nextDeadline { #expect(deadline > network.now, "seed \(generator.seed)") }
  }

  mutating func with(_ body: (Client) -> Void) {
    guard !clients.isEmpty else { return }
    body(clients[pick(0..<clients.count)])
  }

  mutating func connect() {
    guard clients.filter(\.isConnected).count < 16 else { return }
    let remote = RemoteAddress.ipv4(0xC0A8_0100 + UInt32(pick(0..<4)), port: 50_000)
    clients.append(Client(network, from: remote, capacity: [30, 400, 5000, 65_536][pick(0..<4)], isReading: pick(0..<4) > 0))
    unsent.append(talk())
  }

  /// What a client says in its life; one in four makes mistakes.
  mutating func talk() -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<pick(0..<6) {
      switch pick(0..<5) {
      case 0: bytes += Wire.request("GET", "/large")
      case 3 where hasOwnLimits && pick(0..<4) == 0: bytes += Wire.request("GET", "/events")
      case 1: bytes += Wire.request("PUT", "/", body: String(repeating: "b", count: pick(0..<9000)))
      case 2: bytes += Wire.request("GET", "/none", ["Connection: close"].filter { _ in pick(0..<8) == 0 })
      default: bytes += Wire.request("GET", "/")
      }
    }
    if pick(0..<3) > 0 {
      bytes += hasOwnLimits ? Wire.upgrade("/ws", ["Sec-WebSocket-Extensions: permessage-deflate"]) : Wire.upgrade()
      for _ in 0..<pick(0..<12) {
        switch pick(0..<(hasOwnLimits ? 7 : 6)) {
        case 6: bytes += Wire.frame(0x42, [UInt8](repeating: 5, count: pick(0..<2000)))  // RSV1: compressed
        case 0: bytes += Wire.frame(9, [1, 2])
        case 1: bytes += Wire.frame(2, [UInt8](repeating: 5, count: pick(0..<40000)))
        case 2: bytes += Wire.frame(1, Array("all ".utf8) + [UInt8](repeating: 97, count: pick(0..<3000)))
        case 3: bytes += Wire.frame(1, Array("bye".utf8))
        case 4: bytes += Wire.frame(1, Array("ec".utf8), isFinal: false) + Wire.frame(0, Array("ho x".utf8))
        default: bytes += Wire.frame(1, Array("echo y".utf8))
        }
      }
      if pick(0..<2) == 0 { bytes += Wire.close(1000) }
    }
    guard pick(0..<4) == 0, !bytes.isEmpty else { return bytes }
    for _ in 0..<3 { bytes[pick(0..<bytes.count)] = UInt8(pick(0..<256)) }
    return bytes
  }

  mutating func sendSome() {
    guard !clients.isEmpty else { return }
    let index = pick(0..<clients.count)
    let piece = unsent[index].prefix(pick(0..<4) == 0 ? 3 : pick(1..<4000))
    unsent[index].removeFirst(piece.count)
    clients[index].send(Array(piece))
  }

  mutating func hubCall() {
    let size = pick(0..<5000)
    let choice = pick(0..<10)
    network.withHub { hub in
      switch choice {
      case 0...4: hub.publishState([UInt8](repeating: 115, count: size).span)
      case 5, 6: hub.textAll([UInt8](repeating: 116, count: size).span)
      case 7: hub.pingAll()
      case 8: hub.cleanupClients(max: size % 4)
      default: hub.closeAll(.normalClosure)
      }
    }
  }

  /// Everybody leaves, one way or the other.
  mutating func end() {
    network.change { $0.shutdown(now: $1) }
    network.advance(by: .seconds(60))
    guard !hasOwnLimits else { return }  // its times may be longer than anyone waits
    #expect(clients.allSatisfy { !$0.isConnected }, "seed \(generator.seed)")
    #expect(network.server.connectionCount == 0, "seed \(generator.seed)")
    #expect(network.clientCount == 0, "seed \(generator.seed)")
    #expect(network.nextDeadline == nil, "seed \(generator.seed)")
    let connects = network.journal.events.filter { $0.contains(" connect ") }.count
    let disconnects = network.journal.events.filter { $0.contains(" disconnect ") }.count
    #expect(connects == disconnects, "seed \(generator.seed)")
    for client in clients { check(client) }
  }

  /// What a client has read are responses, then frames; only the last may be cut.
  func check(_ client: Client) {
    var rest = client.received
    let count = rest.count
    while rest.starts(with: Array("HTTP/1.1 ".utf8)) {
      guard let reply = Wire.takeReply(&rest) else { break }
      guard reply.status == 101 else { continue }
      while let frame = Wire.takeFrame(&rest) {
        #expect([1, 2, 8, 9, 10].contains(frame.opcode), "seed \(generator.seed)")
        if frame.opcode == 8 { #expect(rest.isEmpty, "nothing follows a Close; seed \(generator.seed)") }
      }
      return
    }
    let isCut = rest.isEmpty || Array("HTTP/1.1 ".utf8).starts(with: rest.prefix(9))
    #expect(isCut, "\(rest.count) of \(count) bytes are no response; seed \(generator.seed)")
  }
}
