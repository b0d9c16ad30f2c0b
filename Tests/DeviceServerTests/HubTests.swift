// SPDX-License-Identifier: MIT

// Clients and what is sent to them: numbers, events, one and all, the truth about each send, closing, and
// the tutorial's `cleanupClients`.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing
import Timebase
import WebSocketCore

@Suite struct HubTests {
  @Test func numbersBeginAtOneAndAreNeverUsedAgain() {
    let network = makeNetwork()
    var expected: [String] = []
    for number in 1...20 {
      let client = Client.webSocket(network, from: .ipv4(0x0A00_0001, port: UInt16(number)))
      expected.append("#\(number) connect 10.0.0.1:\(number)")
      client.breakOff()
      expected.append("#\(number) disconnect 1006 ")
    }
    #expect(network.takeEvents() == expected)
    #expect(network.clientCount == 0)
    #expect(network.server.connectionCount == 0)
  }

  @Test func aReloadedPageIsANewClient() {
    let network = makeNetwork()
    _ = Client.webSocket(network)
    let page = Client.webSocket(network)
    _ = network.takeEvents()
    page.send(Wire.close(1001))
    _ = Client.webSocket(network)
    #expect(network.takeEvents() == ["#2 disconnect 1001 ", "#3 connect 192.168.1.100:50000"])
  }

  @Test(arguments: [
    (Wire.close(1000, "done"), "1000 done", ReceivedFrame.close(1000)),
    (Wire.close(4999, "é"), "4999 é", .close(4999)),
    (Wire.frame(8, []), "1005 ", ReceivedFrame(opcode: 8, payload: [])),
    (Wire.close(1005), "1002 ", .close(1002)),
    (Wire.frame(8, [3]), "1002 ", .close(1002)),
    (Wire.frame(1, [0xFF]), "1007 ", .close(1007)),
    ([0x81, 0x00], "1002 ", .close(1002)),
    ([0xC1, 0x80], "1002 ", .close(1002)),
    ([0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1], "1009 ", nil),
    ([0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], "1009 ", .close(1009)),
  ] as [([UInt8], String, ReceivedFrame?)])
  func everyEndHasItsCodeAndReason(bytes: [UInt8], end: String, answer: ReceivedFrame?) {
    let network = makeNetwork()
    let client = Client.webSocket(network)
    let other = Client.webSocket(network)
    _ = network.takeEvents()
    client.send(bytes)
    guard let answer else {
      #expect(network.takeEvents().isEmpty)  // the length is whole only with the key
      return
    }
    #expect(client.frames() == [answer])
    #expect(client.hasReachedEnd)
    #expect(!client.isConnected)
    let isBreach = [.close(1002), .close(1007), .close(1009)].contains(answer)
    #expect(network.counters.clientsFailed == (isBreach ? 1 : 0))
    #expect(network.journal.refusals.count == (isBreach ? 1 : 0))
    let events = network.takeEvents()
    #expect(events.count == (isBreach ? 2 : 1))
    #expect(events.first?.hasPrefix("#1 error ") == isBreach)
    #expect(events.last == "#1 disconnect \(end)")
    other.sendText("echo still here")
    #expect(other.frames() == [.text("still here")])
  }

  @Test func aClientThatEndsWithoutACloseIs1006() {
    let network = makeNetwork()
    let client = Client.webSocket(network)
    _ = network.takeEvents()
    client.finish()
    #expect(network.takeEvents() == ["#1 disconnect 1006 "])
    #expect(!client.isConnected)
    #expect(client.received.isEmpty)
  }

  @Test func messagesGoToOneAndToAll() {
    let network = makeNetwork()
    let clients = (0..<3).map { _ in Client.webSocket(network) }
    clients[0].sendText("to 2 for you")
    clients[1].sendText("all for everybody")
    clients[2].sendBinary([0, 255])
    network.withHub { hub in
      hub.binaryAll([7].span)
      hub.pingAll(bytes("ping").span)
    }
    let all: [ReceivedFrame] = [.text("for everybody")]
    #expect(clients[0].frames() == all + [.binary([7]), .ping("ping")])
    #expect(clients[1].frames() == all + [.binary([7]), .ping("ping")])
    #expect(clients[2].frames() == [.text("for you")] + all + [.binary([0, 255]), .binary([7]), .ping("ping")])
    _ = network.takeEvents()
    clients[1].send(Wire.frame(10, bytes("ping")))
    #expect(network.takeEvents() == ["#2 pong ping"])
    #expect(network.journal.sent == [.enqueued, .enqueued])
    #expect(network.journal.sentToAll == [.enqueued])
    #expect(network.hubCounters.enqueued == 8)
    #expect(network.hubCounters.discarded == 0)
  }

  @Test func aMessageReachesTheHandlerInAnySplitAndInFragments() {
    for delivery in Delivery.allCases {
      let network = makeNetwork()
      let client = Client.webSocket(network)
      let sent =
        Wire.frame(1, bytes("echo a"), isFinal: false) + Wire.frame(9, bytes("p")) + Wire.frame(0, bytes("b"))
        + Wire.frame(2, [])
      for piece in delivery.pieces(of: sent, trailing: [0x81]) { client.send(piece) }
      #expect(client.frames() == [.pong("p"), .text("ab"), .binary([])])
    }
  }

  @Test func aHandlerMayCloseItsOwnClientWhileItLooksAtTheMessage() {
    let network = makeNetwork()
    let client = Client.webSocket(network)
    let other = Client.webSocket(network)
    client.send(Wire.frame(1, bytes("bye")) + Wire.frame(1, bytes("last words")))
    #expect(client.frames() == [.close(1008, "as you wish")])
    #expect(network.journal.sent == [.discarded])
    client.send(Wire.close(1008))
    #expect(
      network.takeEvents() == [
        "#1 connect 192.168.1.100:50000", "#2 connect 192.168.1.100:50000", "#1 text bye", "#1 text last words",
        "#1 disconnect 1008 as you wish",
      ])
    #expect(other.frames().isEmpty)
  }

  @Test func theTruthAboutASendToAll() {
    var limits = ServerLimits()
    limits.outboxSize = 1000
    limits.outputHighWater = 500
    let network = makeNetwork(limits: limits)
    let message = [UInt8](repeating: 65, count: 398)  // 400 with its header of 4, less 2
    func send() -> BroadcastStatus { network.withHub { $0.binaryAll(message.span) } }
    #expect(send() == .enqueued)  // nobody is there, so nobody misses it
    let slow = Client.webSocket(network, capacity: 100)
    slow.stopReading()
    #expect(send() == .enqueued)
    #expect(send() == .enqueued)
    #expect(send() == .discarded)
    let quick = Client.webSocket(network)
    #expect(send() == .partiallyEnqueued)
    #expect(quick.frames() == [.binary(message)])
    let id = network.journal.clients
    func sendSlow() -> SendStatus { network.withHub { $0.text(bytes("x").span, to: id[0]) } }
    #expect(sendSlow() == .backpressure)
    #expect(network.withHub { $0.binary(message.span, to: id[0]) } == .discarded)
    #expect(network.withHub { $0.binary(message.span, to: id[1]) } == .enqueued)
    #expect(network.hubCounters.discarded == 3)
    slow.startReading()
    #expect(sendSlow() == .enqueued)
    #expect(slow.frames() == [.binary(message), .binary(message), .text("x"), .text("x")])
    network.withHub { $0.closeAll() }
    #expect(sendSlow() == .discarded)
    slow.send(Wire.close(1001))
    #expect(sendSlow() == .noSuchClient)
  }

  @Test func aMessageLargerThanTheOutboxFitsAnEmptyOne() {
    var limits = ServerLimits()
    limits.outboxSize = 1000
    let network = makeNetwork(limits: limits)
    let client = Client.webSocket(network, capacity: 10)
    client.stopReading()
    let large = [UInt8](repeating: 1, count: 5000)
    #expect(network.withHub { $0.binaryAll(large.span) } == .enqueued)
    #expect(network.withHub { $0.textAll(bytes("x").span) } == .discarded)
    client.startReading()
    #expect(client.frames() == [.binary(large)])
  }

  @Test func whoNeverReadsCannotBePingedWithoutEnd() {
    var limits = ServerLimits()
    limits.outboxSize = 1000
    let network = makeNetwork(limits: limits)
    let client = Client.webSocket(network, capacity: 1)
    client.stopReading()
    for _ in 0..<1000 { network.withHub { $0.pingAll(bytes("are you there?").span) } }
    client.startReading()
    #expect(client.frames().count <= 1000 / 16 + 2)
  }

  @Test func staleNamesAreHarmless() {
    let network = makeNetwork()
    let gone = Client.webSocket(network)
    gone.breakOff()
    let client = Client.webSocket(network)  // in the place of the one that is gone
    let ids = network.journal.clients
    #expect(ids.map(\.number) == [1, 2])
    network.withHub { hub in
      #expect(hub.text(bytes("x").span, to: ids[0]) == .noSuchClient)
      #expect(hub.snapshot(bytes("x").span, to: ids[0]) == .noSuchClient)
      hub.ping(ids[0])
      hub.close(ids[0])
      let isThere = [hub.contains(ids[0]), hub.contains(ids[1])]
      #expect(isThere == [false, true])
      #expect(hub.remoteAddress(of: ids[0]) == nil)
      #expect(hub.remoteAddress(of: ids[1]) == .ipv4(0xC0A8_0164, port: 50_000))
      var seen: [UInt32] = []
      hub.forEachClient { seen.append($0.number) }
      #expect(seen == [2])
    }
    #expect(client.frames().isEmpty)
    #expect(client.isConnected)
  }

  // MARK: Closing

  @Test func closeWaitsForTheAnswerThenTheServerEndsFirst() {
    let network = makeNetwork()
    let client = Client.webSocket(network)
    network.setFinishesAtEnd(false, on: client.number)
    let id = network.journal.clients[0]
    network.withHub { $0.close(id, .normalClosure, reason: "enough") }
    #expect(client.frames() == [.close(1000, "enough")])
    #expect(!client.hasReachedEnd)
    client.send(Wire.close(1000))
    #expect(client.hasReachedEnd)
    #expect(client.isConnected)
    #expect(network.takeEvents().last == "#1 disconnect 1000 enough")
    client.finish()
    #expect(!client.isConnected)
    #expect(!client.wasAborted)
  }

  @Test(arguments: [true, false]) func aCloseThatIsNotAnsweredEndsInTime(hasKeepAlive: Bool) {
    var limits = ServerLimits()
    if !hasKeepAlive { limits.timeouts.webSocket.pingInterval = 0 }
    let network = makeNetwork(limits: limits)
    let client = Client.webSocket(network)
    network.advance(by: .seconds(5))
    network.withHub { $0.closeAll(.goingAway) }
    network.advance(by: 1900)
    #expect(client.isConnected)
    network.advance(by: 200)
    #expect(client.wasAborted)
    #expect(network.takeEvents().last == "#1 disconnect 1006 no answer to Close")
    #expect(network.server.connectionCount == 0)
  }

  @Test(arguments: [Wire.close(1000), [0x81, 0x00]])
  func whoseEndCannotBeWrittenIsAbortedInTime(end: [UInt8]) {
    var limits = ServerLimits()
    limits.timeouts.webSocket.pingInterval = 0
    let network = makeNetwork(limits: limits)
    let client = Client.webSocket(network, capacity: 1)
    client.stopReading()
    client.send(end)
    network.advance(by: 1900)
    #expect(client.isConnected)
    network.advance(by: 200)
    #expect(client.wasAborted)
    #expect(network.server.connectionCount == 0)
  }

  // MARK: Too many

  @Test func cleanupClosesTheOldestUntilMaxAreLeft() {
    let network = makeNetwork()
    let clients = (0..<8).map { _ in Client.webSocket(network) }
    network.withHub { $0.cleanupClients(max: 8) }
    #expect(clients.allSatisfy { $0.received.isEmpty })
    network.withHub { $0.cleanupClients(max: 5) }
    for (index, client) in clients.enumerated() {
      let message = #"{"type":"error","error":"too many clients","clients":8}"#
      #expect(client.frames() == (index < 3 ? [.text(message), .close(4013, "too many clients")] : []))
    }
    network.withHub { $0.cleanupClients(max: 5) }  // those that are closing do not count
    #expect(clients[3].received.isEmpty)
    for client in clients.prefix(3) { client.send(Wire.close(4013)) }
    #expect(network.clientCount == 5)
    network.withHub { $0.cleanupClients(max: -1) }
    #expect(clients[7].frames().last == .close(4013, "too many clients"))
  }

  @Test func aProgramsOwnFarewellTakesTheUsualOnesPlace() {
    var limits = ServerLimits()
    limits.clients = 1
    let network = makeNetwork(limits: limits) { router in
      let farewell: WebSocketHub.FarewellEncoder = { farewell, message in
        message.append(farewell.reason)
        message.append(decimal: UInt32(farewell.clients))
      }
      router.webSocket("/own", farewell: farewell, obey)
    }
    for (path, farewell) in [
      ("/ws", #"{"type":"error","error":"all places are taken","clients":1}"#), ("/own", "all places are taken1"),
    ] {
      let first = Client.webSocket(network, path)
      #expect(Client.webSocket(network, path).frames() == [.text(farewell), .close(4013, "all places are taken")])
      #expect(first.frames().isEmpty)
    }
  }

  @Test func twoEndpointsHaveHubsOfTheirOwn() {
    let network = makeNetwork { $0.webSocket("/second", obey) }
    let first = Client.webSocket(network)
    let second = Client.webSocket(network, "/second")
    first.sendText("all first")
    second.sendText("all second")
    #expect(first.frames() == [.text("first")])
    #expect(second.frames() == [.text("second")])
    #expect(network.journal.clients.map(\.number) == [1, 1])
    first.breakOff()
    second.sendText("all again")
    #expect(second.frames() == [.text("again")])
  }
}
