// SPDX-License-Identifier: MIT

// The table over time: shutting down, calls that come late or twice, places used again, and the count of it
// all.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase
import WebSocketCore

@Suite struct LifeTests {
  private func network() -> Network {
    makeNetwork { router in
      router.get("/") { _, _, response in response.send("hello") }
      router.get("/large") { _, _, response in response.body = [UInt8](repeating: 1, count: 100_000) }
      router.on(.put, "/") { _, request, response in response.body = [UInt8](request.body) }
    }
  }

  @Test func shutdownClosesEverySocketWith1001AndEveryConnectionAfterItsAnswer() {
    let network = network()
    let sockets = (0..<3).map { _ in Client.webSocket(network) }
    let mute = Client.webSocket(network)
    let idle = Client(network)
    let inHead = Client(network)
    inHead.send("GET / HT")
    let inBody = Client(network)
    inBody.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbo")
    let reading = Client(network, capacity: 100, isReading: false)
    reading.send(Wire.request("GET", "/large"))
    network.change { $0.shutdown(now: $1) }
    #expect(!idle.isConnected)
    #expect(!inHead.isConnected)
    #expect(idle.received.isEmpty)
    inBody.send("dy")
    let reply = inBody.reply()
    #expect(reply?.text == "body")
    #expect(reply?["connection"] == "close")
    #expect(!inBody.isConnected)
    reading.startReading()
    #expect(reading.reply()?.body.count == 100_000)
    #expect(!reading.isConnected)
    for socket in sockets {
      #expect(socket.frames() == [.close(1001, "shutting down")])
      socket.send(Wire.close(1001))
      #expect(!socket.isConnected)
      #expect(!socket.wasAborted)
    }
    #expect(!Client(network).isConnected)  // nobody is let in any more
    network.advance(by: 2100)
    #expect(mute.wasAborted)
    #expect(network.server.connectionCount == 0)
    #expect(network.clientCount == 0)
    #expect(network.journal.events.count == 8)
    network.change { $0.shutdown(now: $1) }  // once more is no more
    #expect(network.nextDeadline == nil)
  }

  @Test func anUpgradeDuringShutdownIs503() {
    let network = network()
    let client = Client(network)
    client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n")
    network.change { $0.shutdown(now: $1) }
    client.send(bytes("x") + Wire.upgrade())
    #expect(client.reply()?.status == 200)
    #expect(client.received.isEmpty)
    #expect(network.clientCount == 0)
  }

  @Test func lateCallsWithStaleIdentifiersDoNothing() throws {
    let network = network()
    let gone = Client.webSocket(network)
    let old = try #require(network.id(of: gone.number))
    gone.breakOff()
    let client = Client.webSocket(network)
    let new = try #require(network.id(of: client.number))
    #expect(old.index == new.index)
    #expect(old != new)
    let now = network.now
    #expect(network.application.receive(Wire.close(1000).span, from: old, now: now) == Wire.close(1000).count)
    network.application.endOfStream(old, now: now)
    network.application.disconnected(old, now: now)
    network.application.disconnected(old, now: now)
    network.withHub { $0.textAll(bytes("x").span) }
    network.application.writeOutput(old, now: now) { _ in
      Issue.record("output for a connection that is gone")
      return 0
    }
    #expect(client.frames() == [.text("x")])
    #expect(network.server.connectionCount == 1)
    #expect(network.journal.events.count == 3)
  }

  @Test func disconnectedTwiceCountsOnce() throws {
    let network = network()
    for isSocket in [true, false] {
      let client = isSocket ? Client.webSocket(network) : Client(network)
      let id = try #require(network.id(of: client.number))
      client.breakOff()
      network.application.disconnected(id, now: network.now)
      #expect(network.server.connectionCount == 0)
    }
    // Were a place free twice, two of these would share it.
    let clients = (0..<4).map { number in Client.webSocket(network, from: .ipv4(1, port: UInt16(number))) }
    for (number, client) in clients.enumerated() {
      client.sendText("echo \(number)")
      #expect(client.frames() == [.text("\(number)")])
    }
    #expect(Set(clients.compactMap { network.id(of: $0.number) }).count == 4)
  }

  @Test func placesAreUsedAgainAfterEveryKindOfEnd() {
    let network = network()
    for round in 0..<200 {
      let client = round % 2 == 0 ? Client.webSocket(network) : Client(network)
      switch round % 7 {
      case 0: client.breakOff()
      case 1: client.finish()
      case 2: client.send(Wire.close(1000))
      case 3: client.send([0, 0])
      case 4: network.withHub { $0.closeAll() }
      default: break
      }
      client.breakOff()
      client.breakOff()
      #expect(network.server.connectionCount == 0)
      #expect(network.clientCount == 0)
    }
    let clients = (0..<8).map { _ in Client.webSocket(network) }
    network.withHub { $0.textAll(bytes("x").span) }
    for client in clients { #expect(client.frames() == [.text("x")]) }
    #expect(clients.compactMap { network.id(of: $0.number)?.index }.sorted() == Array(0..<8))
  }

  @Test func whoWasGivenUpAndLeavesBeforeTheAbortTakesNobodyAlong() {
    let network = network()
    let dead = Client.webSocket(network)
    let id = network.id(of: dead.number)!
    network.withHub { $0.pingAll() }
    let later = network.now + .seconds(10)
    network.application.server.withHub(network.journal.endpoint, now: later) { $0.cleanupClients() }
    network.application.disconnected(id, now: network.now)  // before the transport asks what to do
    var actions: [TransportAction] = []
    while let action = network.application.nextAction() { actions.append(action) }
    #expect(!actions.contains(.abort(id)))
  }

  @Test func everythingIsCounted() {
    let network = network()
    let client = Client(network)
    _ = client.ask("GET", "/")
    _ = client.ask("GET", "/none")
    client.send("bad\r\n\r\n")
    let socket = Client.webSocket(network)
    socket.send([0xFF])
    #expect(network.counters.accepted == 2)
    #expect(network.counters.requests == 3)
    #expect(network.counters.requestsRefused == 2)
    #expect(network.counters.clients == 1)
    #expect(network.counters.clientsFailed == 1)
    #expect(
      network.journal.refusals == [
        "192.168.1.100: 404 no such path", "192.168.1.100: 400 malformed request line",
        "192.168.1.100: 1002 reserved bits",
      ])
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", "400 missing Host"),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 duplicate Host"),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400 malformed field"),
    ("GET / HTTP/1.1\r\nHost: a\r\n x: y\r\n\r\n", "400 obsolete line folding"),
    ("GET / HTTP/2.0\r\n", "505 unsupported version"),
    ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "400 conflicting framing"),
    ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400 conflicting framing"),
    ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 16385\r\n\r\n", "413 body too large"),
    ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501 unsupported transfer coding"),
    ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400 malformed chunk"),
    ("CONNECT localhost:80 HTTP/1.1\r\n", "501 unsupported method"),
    ("GET https://localhost/ HTTP/1.1\r\n", "421 https without TLS"),
    ("GET /" + String(repeating: "a", count: 9000), "414 target too long"),
    ("GET / HTTP/1.1\r\nx: " + String(repeating: "a", count: 9000), "431 head too large"),
    ("GET / HTTP/1.1\r\n" + String(repeating: "x: y\r\n", count: 65), "431 too many fields"),
  ])
  func everyMalformedRequestIsAnsweredAndNamed(request: String, refusal: String) {
    for delivery in Delivery.allCases {
      let network = network()
      let client = Client(network)
      for piece in delivery.pieces(of: bytes(request), trailing: bytes("GET / HTTP/1.1\r\n")) { client.send(piece) }
      let reply = client.reply()
      #expect(reply.map { String($0.status) } == String(refusal.prefix(3)))
      #expect(reply?["connection"] == "close")
      #expect(client.received.isEmpty)
      #expect(!client.isConnected)
      #expect(network.journal.refusals == ["192.168.1.100: \(refusal)"])
      #expect(network.counters.requestsRefused == 1)
    }
  }
}
