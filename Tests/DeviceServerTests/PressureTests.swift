// SPDX-License-Identifier: MIT

// Clients that do not read: their input waits, their output stays within bounds, nothing is lost or changes
// its order, and nobody else notices.

import ConformanceSupport
@testable import DeviceServer
import SystemCalls
import Testing
import Timebase
import WebSocketCore

@Suite struct PressureTests {
  @Test(arguments: [100, 3000, 65_536]) func echoesToAClientThatDoesNotReadAreHeldBackAndNothingIsLost(capacity: Int) {
    let network = makeNetwork()
    let other = Client.webSocket(network)
    let client = Client.webSocket(network, capacity: capacity)
    client.stopReading()
    let messages = (0..<400).map { number in [UInt8](repeating: UInt8(number & 0xFF), count: 500 + number) }
    for message in messages { client.sendBinary(message) }
    #expect(network.heldInput(on: client.number) > 100_000)
    #expect(network.application.context.sent.count < 200)
    other.sendText("echo quick")
    #expect(other.frames() == [.text("quick")])
    client.startReading()
    #expect(client.frames() == messages.map { .binary($0) })
    #expect(network.heldInput(on: client.number) == 0)
    #expect(network.hubCounters.discarded == 0)
  }

  @Test func whoReadsALittleAtATimeLosesNothing() {
    let network = makeNetwork()
    let client = Client.webSocket(network, capacity: 700)
    client.stopReading()
    let messages = (0..<300).map { [UInt8](repeating: UInt8($0 & 0xFF), count: 600) }
    client.send(messages.flatMap { Wire.frame(2, $0) } + Wire.close(1000))
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    var reads = 0
    while client.isConnected, reads < 100_000 {
      network.read(Int.random(in: 1...900, using: &generator), on: client.number)
      if network.heldOutput(on: client.number) == 0 { client.startReading() }
      reads += 1
    }
    #expect(client.frames() == messages.map { .binary($0) } + [.close(1000)], "seed \(generator.seed)")
  }

  @Test func aFloodOfPingsFromAClientThatNeverReadsIsBounded() {
    let network = makeNetwork()
    let client = Client.webSocket(network, capacity: 10)
    client.stopReading()
    for number in 0..<10_000 { client.send(Wire.frame(9, bytes("\(number)"))) }
    #expect(network.heldInput(on: client.number) == 0)  // pings alone stop nothing
    client.startReading()
    let pongs = client.frames()
    #expect(pongs.count <= 20)  // what the kernel took, sixteen on their way, one that waits
    #expect(pongs.last == .pong("9999"))  // RFC 6455 section 5.5.3: the newest
  }

  @Test func theInputOfABrokenClientIsNotHeld() {
    let network = makeNetwork()
    let client = Client.webSocket(network, capacity: 100)
    client.stopReading()
    let large = [UInt8](repeating: 1, count: 30_000)
    client.send(Wire.frame(2, large) + [0x81, 0x00] + [UInt8](repeating: 9, count: 50_000))
    client.startReading()
    #expect(client.frames() == [.binary(large), .close(1002)])
    #expect(!client.isConnected)
    #expect(network.journal.events.last == "#1 disconnect 1002 ")
  }

  @Test func aLargeFrameForAllIsHeldOnce() {
    // Shared by reference: a hundred slow clients, four megabytes for each, and no four hundred. What other tests take
    // meanwhile counts, too, so the bound lies between.
    var limits = ServerLimits()
    (limits.connections, limits.clients, limits.outboxSize) = (200, 200, 8 << 20)
    let network = makeNetwork(limits: limits)
    let clients = (0..<100).map { _ in Client.webSocket(network, capacity: 4096) }
    for client in clients { client.stopReading() }
    let large = [UInt8](repeating: 7, count: 4 << 20)
    let before = residentBytes()
    #expect(network.withHub { $0.binaryAll(large.span) } == .enqueued)
    if let before, let after = residentBytes() { #expect(after - before < 100 << 20) }
    clients[42].startReading()
    #expect(clients[42].frames() == [.binary(large)])
  }

  @Test func theBufferOfALargeMessageIsGivenBack() {
    var limits = ServerLimits()
    limits.webSocket.messageSize = 1 << 20
    limits.outboxSize = 2 << 20
    let network = makeNetwork(limits: limits)
    let client = Client.webSocket(network)
    let large = [UInt8](repeating: 7, count: 1 << 20)
    client.sendBinary(large)
    #expect(client.frames() == [.binary(large)])
    #expect(network.application.server.scratch.capacity < 1 << 18)
    client.sendText("echo small")
    #expect(client.frames() == [.text("small")])
    #expect(network.application.server.scratch.capacity > 0)  // a small one is used again
  }

  @Test func theSizeOfASlotIsBounded() {
    let row = MemoryLayout<Connection>.stride
    let client = MemoryLayout<WebSocketHub.Client>.stride
    print("bytes of a slot: connection \(row), client \(client)")
    #expect(row <= 1024)
    #expect(client <= 512)
  }

  /// The resident memory of this process, where the system tells.
  private func residentBytes() -> Int? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 255, file) != nil else { return nil }
    let words = text(line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }).split(separator: " ")
    return words.count > 1 ? Int(words[1]).map { $0 * 4096 } : nil
  }
}
