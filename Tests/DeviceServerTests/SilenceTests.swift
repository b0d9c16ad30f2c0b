// SPDX-License-Identifier: MIT

// Clients that say nothing: they are asked twice, the second time with the state beside, and then given up.

import ConformanceSupport
import DeviceServer
import Testing
import Timebase
import WebSocketCore

@Suite struct SilenceTests {
  @Test func whoDoesNotAnswerTwoPingsIsGivenUp() {
    let network = makeNetwork()
    let dead = Client.webSocket(network)
    let quiet = Client.webSocket(network)
    network.advance(by: 15_100)
    #expect(dead.frames() == [.ping()])
    #expect(quiet.frames() == [.ping()])
    quiet.send(Wire.frame(10, []))
    network.advance(by: .seconds(10))
    #expect(dead.frames() == [.ping()])
    network.advance(by: 4900)
    #expect(quiet.received.isEmpty)
    network.advance(by: 100)  // 15 seconds after its pong the other is asked again
    #expect(quiet.frames() == [.ping()])
    quiet.send(Wire.frame(10, []))
    network.advance(by: 4800)
    #expect(dead.isConnected)
    network.advance(by: 200)
    #expect(dead.wasAborted)
    #expect(quiet.isConnected)
    #expect(network.takeEvents().suffix(2) == ["#2 pong ", "#1 disconnect 1006 no answer to two pings"])
    #expect(network.counters.timedOut == 1)
    #expect(network.journal.refusals == ["192.168.1.100: no answer in time, aborted"])
  }

  /// libcurl answers a ping only when a message follows it.
  @Test func besideTheSecondPingGoesTheWholeStateOnceMore() {
    let network = makeNetwork()
    network.withHub { $0.publishState(bytes("lamp on").span) }
    let slow = Client.webSocket(network)
    let quick = Client.webSocket(network)
    #expect(slow.frames() == [.text("lamp on")])
    #expect(quick.frames() == [.text("lamp on")])
    network.advance(by: 15_100)
    #expect(quick.frames() == [.ping()])
    quick.send(Wire.frame(10, []))
    network.advance(by: .seconds(10))
    #expect(slow.frames() == [.ping(), .ping(), .text("lamp on")])
    #expect(quick.received.isEmpty)
    slow.send(Wire.frame(10, []))
    network.withHub { $0.publishState(bytes("lamp off").span) }
    network.settle()
    #expect(slow.frames() == [.text("lamp off")])
    quick.send(Wire.frame(10, []))
    for _ in 0..<10 {  // and so for ever
      network.advance(by: .seconds(25))
      #expect(slow.frames() == [.ping(), .ping(), .text("lamp off")])
      slow.send(Wire.frame(10, []))
      quick.send(Wire.frame(10, []))
    }
    #expect(network.counters.timedOut == 0)
  }

  @Test func aPingOfTheProgramHasADeadlineToo() {
    var limits = ServerLimits()
    limits.timeouts.webSocket.pingInterval = 0
    let network = makeNetwork(limits: limits)
    let dead = Client.webSocket(network)
    network.withHub { $0.pingAll() }
    network.advance(by: 19_900)
    #expect(dead.isConnected)
    network.advance(by: 200)
    #expect(dead.wasAborted)
  }

  @Test func cleanupClosesTheDeadFirst() {
    let network = makeNetwork()
    let old = Client.webSocket(network)
    let dead = Client.webSocket(network)
    let young = Client.webSocket(network)
    network.application.server.withHub(network.journal.endpoint, now: network.now) { $0.pingAll() }
    network.settle()
    for client in [old, young] { client.send(Wire.frame(10, [])) }
    // At the deadline itself, before any poll has seen it.
    let later = network.now + .seconds(10)
    network.application.server.withHub(network.journal.endpoint, now: later) { $0.cleanupClients(max: 2) }
    network.settle()
    #expect(dead.wasAborted)
    #expect(network.journal.events.last == "#2 disconnect 1006 no answer to a ping, and its place was needed")
    #expect(network.counters.timedOut == 1)
    #expect(old.frames() == [.ping()])
    #expect(young.frames() == [.ping()])
    #expect(network.clientCount == 2)
  }
}
