// SPDX-License-Identifier: MIT

// From a request to a client: what is no handshake (RFC 6455 section 4.2), what follows one at once, and the
// hub that is full.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing
import Timebase
import WebSocketCore

@Suite struct HandshakeTests {
  @Test(arguments: [
    ([], 426, "not an upgrade to websocket"),
    (["Upgrade: h2c", "Connection: Upgrade"], 426, "not an upgrade to websocket"),
    (["Upgrade: websocket"], 400, "Connection without Upgrade"),
    (["Upgrade: websocket", "Connection: Upgrade"], 426, "unsupported Sec-WebSocket-Version"),
    (
      ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 8"], 426,
      "unsupported Sec-WebSocket-Version"
    ),
    (["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"], 400, "missing Sec-WebSocket-Key"),
    (
      ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2hvcnQ="], 400,
      "malformed Sec-WebSocket-Key"
    ),
    (
      [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ], 400, "repeated Sec-WebSocket-Key"
    ),
  ])
  func whatIsNoHandshakeIsRefusedAndTheConnectionGoesOn(fields: [String], status: Int, words: String) {
    let network = makeNetwork()
    let client = Client(network)
    let reply = client.ask("GET", "/ws", fields)
    #expect(reply?.status == status)
    if status == 426 {
      #expect(reply?["upgrade"] == "websocket")
      #expect(reply?["sec-websocket-version"] == "13")
    }
    #expect(network.journal.refusals == ["192.168.1.100: \(status) \(words)"])
    #expect(network.counters.requestsRefused == 1)
    client.send(Wire.upgrade())
    client.expectUpgraded()
    #expect(network.takeEvents() == ["#1 connect 192.168.1.100:50000"])
  }

  @Test func otherMethodsAre405() {
    let network = makeNetwork()
    let client = Client(network)
    for method in ["POST", "PUT", "HEAD", "DELETE"] {
      let reply = client.ask(method, "/ws", body: method == "HEAD" ? nil : "")
      #expect(reply?.status == 405)
      #expect(reply?["allow"] == "GET, OPTIONS")
    }
  }

  @Test func aHandshakeWithABodyIsRefused() {
    let network = makeNetwork()
    let client = Client(network)
    client.send(Wire.upgrade("/ws", ["Content-Length: 2"]) + [0x81, 0x80])
    #expect(client.reply()?.status == 400)
    client.send("GET /ws HTTP/1.0\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    #expect(client.reply()?.status == 400)
    #expect(network.clientCount == 0)
  }

  @Test(arguments: ["/", "/ws/", "/wss", "/WS", "/page.txt"])
  func thereAreNoSocketsElsewhere(path: String) {
    let network = makeNetwork { router in
      router.assets = AssetTable([StaticAsset(path: bytes("/page.txt"), bytes: [])])
    }
    let client = Client(network)
    client.send(Wire.upgrade(path))
    #expect(client.reply()?.status == 404)
    #expect(network.journal.refusals == ["192.168.1.100: 404 no such path"])
  }

  @Test func theFirstMessagesMayComeWithTheHandshakeInAnySplit() {
    let large = String(repeating: "large ", count: 3000)  // longer than the HTTP machine's input
    let sent =
      Wire.request("GET", "/none") + Wire.upgrade() + Wire.frame(1, bytes("echo one"))
      + Wire.frame(1, bytes("echo \(large)")) + Wire.frame(9, bytes("two")) + Wire.close(1000)
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    var splits = [[sent], sent.map { [$0] }]
    for _ in 0..<20 { splits.append(randomPieces(of: sent, using: &generator)) }
    for pieces in splits {
      let network = makeNetwork()
      let client = Client(network)
      for piece in pieces { client.send(piece) }
      #expect(client.reply()?.status == 404, "seed \(generator.seed)")
      client.expectUpgraded()
      let frames = client.frames()
      #expect(frames == [.text("one"), .text(large), .pong("two"), .close(1000)], "seed \(generator.seed)")
      #expect(client.hasReachedEnd)
      #expect(!client.isConnected)
      #expect(network.takeEvents().last == "#1 disconnect 1000 ")
    }
  }

  @Test func framesWaitForA101ThatIsNotOutYet() {
    let network = makeNetwork()
    network.publish("state")
    let client = Client(network, capacity: 1, isReading: false)
    client.send(Wire.upgrade() + Wire.frame(1, bytes("echo hello")))
    network.withHub { $0.textAll(bytes("all").span) }
    client.startReading()
    client.expectUpgraded()
    #expect(client.frames() == [.text("hello"), .text("all"), .text("state")])
  }

  @Test func aFullHubKeepsItsClientsAndTellsTheNewcomer() {
    var limits = ServerLimits()
    limits.clients = 2
    let network = makeNetwork(limits: limits)
    let clients = (0..<2).map { _ in Client.webSocket(network) }
    for round in 1...3 {
      let newcomer = Client.webSocket(network)
      #expect(
        newcomer.frames() == [
          .text(#"{"type":"error","error":"all places are taken","clients":2}"#), .close(4013, "all places are taken"),
        ])
      newcomer.sendText("echo ignored")
      #expect(newcomer.received.isEmpty)
      newcomer.send(Wire.close(4013))
      #expect(newcomer.hasReachedEnd)
      #expect(!newcomer.isConnected)
      #expect(network.counters.clientsRefused == UInt32(round))
    }
    let mute = Client.webSocket(network)  // one that never answers the Close
    _ = mute.frames()
    network.advance(by: 2100)
    #expect(mute.wasAborted)
    #expect(network.counters.clients == 2)
    #expect(network.clientCount == 2)
    #expect(network.takeEvents() == ["#1 connect 192.168.1.100:50000", "#2 connect 192.168.1.100:50000"])
    for client in clients {
      client.sendText("echo here")
      #expect(client.frames() == [.text("here")])
    }
    clients[0].breakOff()
    let next = Client.webSocket(network)
    next.sendText("echo in")
    #expect(next.frames() == [.text("in")])
    #expect(network.takeEvents().contains("#3 connect 192.168.1.100:50000"))
  }

  @Test func aClientThatMissedItsPongMakesRoomInAFullHub() {
    var limits = ServerLimits()
    limits.clients = 2
    let network = makeNetwork(limits: limits)
    let dead = Client.webSocket(network)
    network.advance(by: .seconds(14))
    let healthy = Client.webSocket(network)
    network.advance(by: .seconds(3))
    #expect(dead.frames() == [.ping()])
    let newcomer = Client(network)
    network.advance(by: 7900)
    #expect(dead.isConnected)
    healthy.send(Wire.frame(10, []))
    #expect(network.clientCount == 2)
    // The deadline passes, and before any poll the newcomer's handshake comes.
    let taken = network.application.receive(
      Wire.upgrade().span, from: network.id(of: newcomer.number)!, now: network.now + 200)
    #expect(taken == Wire.upgrade().count)
    network.advance(by: 200)
    newcomer.expectUpgraded()
    newcomer.sendText("echo hello")
    #expect(newcomer.frames() == [.text("hello")])
    #expect(dead.wasAborted)
    #expect(healthy.isConnected)
    #expect(network.journal.events.contains("#1 disconnect 1006 no answer to a ping, and its place was needed"))
    #expect(network.counters.timedOut == 1)
  }

  @Test func aHandshakesAnswerGoesOutByItselfBeforeTheFirstMessage() throws {
    let network = makeNetwork()
    network.withHub { $0.publishState(bytes("lamp on").span) }
    network.settle()
    let client = Client(network)
    let id = try #require(network.id(of: client.number))
    _ = network.application.receive(Wire.upgrade().span, from: id, now: network.now)
    var writes: [String] = []
    while let action = network.application.nextAction() {
      guard case .write(let connection) = action, connection == id else { continue }
      var written: [UInt8] = []
      network.application.writeOutput(id, now: network.now) { offered in
        written.append(offered)
        return offered.count
      }
      if !written.isEmpty { writes.append(text(written)) }
    }
    try #require(writes.count == 2)
    #expect(writes[0].hasPrefix("HTTP/1.1 101 ") && writes[0].hasSuffix("\r\n\r\n"))
    #expect(writes[1].hasSuffix("lamp on"))
  }

  @Test func aHandshakeAtTheLastMomentIsInTime() {
    var limits = ServerLimits()
    limits.clients = 0
    limits.timeouts.head = 100
    let network = makeNetwork(limits: limits)
    let client = Client(network)
    let handshake = Wire.upgrade()
    client.send(Array(handshake.dropLast()))
    network.advance(by: 99)
    client.send(Array(handshake.suffix(1)))
    client.expectUpgraded()
    #expect(client.frames().last == .close(4013, "all places are taken"))
  }

  @Test func whoEndsWithoutTakingIts101IsAbortedInTime() {
    let network = makeNetwork()
    let client = Client(network, capacity: 1, isReading: false)
    client.send(Wire.upgrade())
    client.finish()
    #expect(network.journal.events.last == "#1 disconnect 1006 ")
    network.advance(by: .seconds(19))
    #expect(client.isConnected)
    network.advance(by: .seconds(2))
    #expect(client.wasAborted)
    #expect(network.server.connectionCount == 0)
    let late = Client(network, capacity: 1, isReading: false)  // one that takes it after all is let go in peace
    late.send(Wire.upgrade())
    late.finish()
    late.startReading()
    late.expectUpgraded()
    #expect(!late.isConnected)
    #expect(!late.wasAborted)
  }

  @Test func whoEndsBeforeThe101IsOutIsLetGoBehindIt() throws {
    let network = makeNetwork()
    let client = Client(network)
    let id = try #require(network.id(of: client.number))
    _ = network.application.receive(Wire.upgrade().span, from: id, now: network.now)
    network.application.endOfStream(id, now: network.now)
    var actions: [TransportAction] = []
    while let action = network.application.nextAction() {
      actions.append(action)
      guard action == .write(id) else { continue }
      network.application.writeOutput(id, now: network.now) { $0.count }  // a transport with room for all of it
    }
    #expect(actions == [.write(id), .endOutput(id)])
  }
}
