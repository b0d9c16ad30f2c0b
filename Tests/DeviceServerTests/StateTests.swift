// SPDX-License-Identifier: MIT

// `publishState`: everybody gets the latest state, nobody a backlog, and whoever comes gets the last one.

import ConformanceSupport
import DeviceServer
import Testing
import Timebase
import WebSocketCore

@Suite struct StateTests {
  @Test func whoeverComesGetsTheLastState() {
    let network = makeNetwork()
    let first = Client.webSocket(network)
    #expect(first.frames().isEmpty)  // nothing was published
    network.publish("1")
    network.publish("2")
    #expect(first.frames() == [.text("1"), .text("2")])
    #expect(Client.webSocket(network).frames() == [.text("2")])
    first.breakOff()
    #expect(Client.webSocket(network).frames() == [.text("2")])  // in the place of the first
    #expect(network.hubCounters.conflated == 0)
  }

  @Test(arguments: [10, 1000]) func aSlowClientGetsExactlyTheLatest(size: Int) {
    let network = makeNetwork()
    func state(_ number: Int) -> String { "\(number) " + String(repeating: "s", count: size) }
    let quick = Client.webSocket(network)
    let slow = Client.webSocket(network, capacity: size)
    slow.stopReading()
    for number in 1...1000 {
      network.publish(state(number))
      #expect(quick.frames() == [.text(state(number))])
    }
    #expect(network.heldOutput(on: slow.number) == size)
    slow.startReading()
    let frames = slow.frames()
    #expect(frames == [.text(state(1)), .text(state(1000))])  // the first was under way
    #expect(network.hubCounters.conflated == 998)
    network.publish(state(1001))
    #expect(slow.frames() == [.text(state(1001))])
  }

  @Test func publishingOftenBetweenWritesSendsOnce() {
    let network = makeNetwork()
    let clients = (0..<3).map { _ in Client.webSocket(network) }
    network.withHub { hub in for number in 1...100 { hub.publishState(bytes("\(number)").span) } }
    for client in clients { #expect(client.frames() == [.text("100")]) }
  }

  @Test func messagesKeepTheirOrderAndTheStateComesAfterThem() {
    let network = makeNetwork()
    let client = Client.webSocket(network, capacity: 1)
    client.stopReading()
    network.publish("1")
    network.withHub { $0.textAll(bytes("a").span) }
    network.publish("2")
    network.withHub { $0.textAll(bytes("b").span) }
    network.publish("3")
    client.startReading()
    #expect(client.frames() == [.text("1"), .text("a"), .text("b"), .text("3")])
  }

  @Test(arguments: [16_384, 1]) func aSnapshotStandsInForTheState(highWater: Int) {
    var limits = ServerLimits()
    limits.outputHighWater = highWater
    var endpoint: WebSocketEndpoint?
    let network = makeNetwork(limits: limits) { router in
      endpoint = router.webSocket("/hello") { _, hub, event in
        if case .connect(let client, _) = event { hub.snapshot(bytes("hello, it is 1").span, to: client) }
      }
    }
    func publish(_ state: String) {
      network.change { application, now in
        application.server.withHub(endpoint!, now: now) { $0.publishState(bytes(state).span) }
      }
    }
    publish("1")
    let client = Client.webSocket(network, "/hello")
    #expect(client.frames() == [.text("hello, it is 1")])
    publish("2")
    #expect(client.frames() == [.text("2")])
  }

  @Test func whoIsClosingGetsNoState() {
    let network = makeNetwork()
    let client = Client.webSocket(network)
    network.withHub { $0.closeAll(.goingAway) }
    network.publish("1")
    #expect(client.frames() == [.close(1001)])
    client.send(Wire.close(1001))
    #expect(!client.isConnected)
  }
}
