// SPDX-License-Identifier: MIT

// Compression as the server agrees to it: off unless it is set, announced in the 101, within a budget of memory that is
// given back when clients leave, and never in the way of those who do not want it. RFC 7692 section 5.

import ConformanceSupport
import DeviceServer
import Synchronization
import Testing
import Timebase
import WebSocketCore

/// A codec that only takes memory; nothing here sends enough to be compressed.
private final class HeavyCodec: MessageCodec {
  let memorySize = 1000

  func inflate(_ input: Span<UInt8>, isLast: Bool, to output: inout [UInt8], limit: Int) throws(WebSocketError) {
    throw .invalidCompressedData
  }

  func deflate(_ message: Span<UInt8>, _ use: (Span<UInt8>) -> Void) { use(message) }
}

/// How many codecs a test has caused.
private final class Made: Sendable {
  let count = Atomic(0)
  var total: Int { count.load(ordering: .relaxed) }
}

@Suite struct CompressionTests {
  private static let offer = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10"

  private let made = Made()

  private func network(memory: Int = 4_194_304, clients: Int = 8) -> Network {
    var limits = ServerLimits()
    limits.clients = clients
    limits.deflateMemory = memory
    let network = makeNetwork(limits: limits)
    network.change { application, _ in
      application.server.compression = DeflateSupport(memorySize: { _ in 1000 }) { _ in
        made.count.add(1, ordering: .relaxed)
        return HeavyCodec()
      }
    }
    return network
  }

  /// The answer to an offer, as the field in the 101.
  private func answer(_ client: Client, offer: String = offer) -> String? {
    client.send(Wire.upgrade("/ws", [offer]))
    let reply = client.reply()
    #expect(reply?.status == 101)
    return reply?["sec-websocket-extensions"]
  }

  @Test func anOfferIsNotTakenUpUnlessTheServerIsSetToIt() {
    #expect(answer(Client(makeNetwork())) == nil)
  }

  @Test func whatIsAgreedOnStandsInThe101() {
    #expect(answer(Client(network())) == "permessage-deflate; server_max_window_bits=10")
  }

  @Test func whoDoesNotOfferGetsNone() {
    let network = network()
    let client = Client(network)
    client.send(Wire.upgrade())
    #expect(client.reply()?["sec-websocket-extensions"] == nil)
    #expect(network.withHub { $0.codecMemory } == 0)
  }

  @Test func whoComesWhenTheMemoryIsUsedUpGetsNoneAndIsCounted() {
    let network = network(memory: 2999)
    let clients = (0..<3).map { _ in Client(network) }
    #expect(clients.map { answer($0) != nil } == [true, true, false])
    #expect(network.withHub { $0.codecMemory } == 2000)
    #expect(network.counters.compressionDeclined == 1)
    #expect(made.total == 2)
    clients[0].breakOff()
    #expect(network.withHub { $0.codecMemory } == 1000)
    #expect(answer(Client(network)) != nil)
    #expect(network.counters.compressionDeclined == 1)
  }

  @Test func noCodecIsMadeForWhomThereIsNoPlace() {
    let network = network(clients: 1)
    #expect(answer(Client(network)) != nil)
    #expect(answer(Client(network)) == nil)
    #expect(made.total == 1)
    #expect(network.counters.clientsRefused == 1)
  }

  @Test func allMemoryIsGivenBackWhenAllHaveGone() {
    let network = network()
    let clients = (0..<4).map { _ in Client(network) }
    for client in clients { _ = answer(client) }
    clients[0].breakOff()
    clients[1].send(Wire.close(1000))
    clients[1].finish()
    clients[2].send(Wire.frame(3, []))  // breaks the protocol
    network.advance(by: .seconds(120))  // and the last one never answers a ping
    #expect(network.withHub { $0.codecMemory } == 0)
  }
}
