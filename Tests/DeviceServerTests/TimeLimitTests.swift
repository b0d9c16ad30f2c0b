// SPDX-License-Identifier: MIT

// What a slow or idle peer gets: 408, a quiet close, or an abort; and 100 (Continue) with early refusal (RFC
// 9110 section 10.1.1), the lingering close (RFC 9112 section 9.6), and 503 past the limit of connections.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase

@Suite struct TimeLimitTests {
  private func network(_ change: (inout ServerLimits) -> Void = { _ in }) -> Network {
    var limits = ServerLimits()
    change(&limits)
    return makeNetwork(limits: limits) { router in
      router.get("/") { _, _, response in response.send("hello") }
      router.get("/large") { _, _, response in response.body = [UInt8](repeating: 1, count: 200_000) }
      router.on(.put, "/") { journal, request, response in
        journal.handled += 1
        response.body = [UInt8](request.body)
      }
    }
  }

  @Test func aSlowHeadGets408AfterATotalTime() {
    let network = network()
    let client = Client(network)
    network.advance(by: .seconds(14))  // before its first byte it may rest
    for byte in bytes("GET / H").dropLast() {
      client.send([byte])
      network.advance(by: 800)  // each byte is in time, the head is not
      #expect(client.received.isEmpty)
    }
    network.advance(by: 300)
    #expect(client.reply()?.status == 408)
    #expect(client.hasReachedEnd)
    #expect(!client.isConnected)
    #expect(network.journal.refusals == ["192.168.1.100: 408 request too slow"])
    #expect(network.now.milliseconds < 14_000 + 5_400)
  }

  @Test func theTimeOfAHeadBeginsWithIt() {
    let network = network()
    let client = Client(network)
    for _ in 0..<5 {
      network.advance(by: .seconds(10))
      client.send("GET / HTTP/1.1\r\n")
      network.advance(by: .seconds(4))
      client.send("Host: localhost\r\n\r\n")
      #expect(client.reply()?.status == 200)
    }
  }

  @Test func aSlowBodyGets408() {
    let network = network()
    let client = Client(network)
    client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
    for _ in 0..<19 {
      client.send("x")
      network.advance(by: 500)
    }
    #expect(client.isConnected)
    network.advance(by: 600)
    #expect(client.reply()?.status == 408)
    #expect(!client.isConnected)
    #expect(network.journal.handled == 0)
  }

  @Test func anIdleConnectionIsClosedWithoutAWord() {
    let network = network()
    let silent = Client(network)
    let client = Client(network)
    network.advance(by: .seconds(10))
    #expect(client.ask("GET", "/")?.status == 200)
    network.advance(by: 5100)
    #expect(!silent.isConnected)
    #expect(silent.received.isEmpty)
    #expect(client.isConnected)
    network.advance(by: 9800)
    #expect(client.isConnected)
    network.advance(by: 300)
    #expect(!client.isConnected)
    #expect(client.hasReachedEnd)
    #expect(!client.wasAborted)
    #expect(network.server.connectionCount == 0)
  }

  @Test func whoTakesNothingOfAResponseIsAborted() {
    let network = network()
    let client = Client(network, capacity: 10_000)
    client.stopReading()
    client.send(Wire.request("GET", "/large"))
    for _ in 0..<3 {  // some progress begins the time again
      network.advance(by: .seconds(19))
      network.read(1000, on: client.number)
      #expect(client.isConnected)
    }
    network.advance(by: .seconds(21))
    #expect(client.wasAborted)
    #expect(network.counters.timedOut == 1)
    #expect(network.journal.refusals == ["192.168.1.100: no answer in time, aborted"])
    #expect(network.server.connectionCount == 0)
  }

  @Test func afterTheLastResponseInputIsReadAndDropped() {
    let network = network()
    let client = Client(network)
    network.setFinishesAtEnd(false, on: client.number)
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")
    #expect(client.reply()?.status == 400)
    #expect(client.hasReachedEnd)
    #expect(client.isConnected)
    client.send([UInt8](repeating: 65, count: 100_000))
    #expect(network.heldInput(on: client.number) == 0)
    #expect(client.received.isEmpty)
    network.advance(by: 1900)
    #expect(client.isConnected)
    network.advance(by: 200)
    #expect(client.wasAborted)
    #expect(network.server.connectionCount == 0)
    #expect(network.counters.timedOut == 0)  // it had its answer
  }

  @Test func inputHeldBackDoesNotOutliveTheLastResponse() {
    let network = network()
    let client = Client(network, capacity: 1000)
    network.setFinishesAtEnd(false, on: client.number)
    client.stopReading()
    client.send(
      Wire.request("GET", "/large") + Wire.request("GET", "/", ["Connection: close"])
        + [UInt8](repeating: 65, count: 50_000))
    #expect(network.heldInput(on: client.number) > 0)
    client.startReading()
    #expect(client.reply()?.body.count == 200_000)
    #expect(client.reply()?.text == "hello")
    #expect(network.heldInput(on: client.number) == 0)
    #expect(client.hasReachedEnd)
  }

  // MARK: 100 (Continue)

  @Test func continueIsSentAndTheBodyTaken() {
    let client = Client(network())
    client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    #expect(client.reply()?.status == 100)
    client.send("body")
    #expect(client.reply()?.text == "body")
    #expect(client.ask("GET", "/")?.status == 200)
  }

  @Test(arguments: [
    ("PUT /none", "", 404), ("POST /", "", 405), ("PUT /../", "", 400), ("PUT /ws", "", 405),
    ("PUT /", "Origin: http://evil.example\r\n", 403),
  ])
  func whatWillBeRefusedIsRefusedBeforeTheBody(line: String, field: String, status: Int) {
    let network = network()
    let client = Client(network)
    client.send("\(line) HTTP/1.1\r\nHost: localhost\r\n\(field)Content-Length: 4000\r\nExpect: 100-continue\r\n\r\n")
    let reply = client.reply()
    #expect(reply?.status == status)
    #expect(reply?["connection"] == "close")  // the body may or may not follow
    client.send([UInt8](repeating: 0, count: 4000))
    #expect(client.received.isEmpty)
    #expect(!client.isConnected)
    #expect(network.journal.handled == 0)
    #expect(network.counters.requestsRefused == 1)
  }

  @Test func aBodyPastTheLimitIsRefusedWithoutContinue() {
    let client = Client(network())
    client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16385\r\nExpect: 100-continue\r\n\r\n")
    #expect(client.reply()?.status == 413)
  }

  // MARK: Too many connections

  @Test func pastTheLimitThereIs503UntilSomebodyLeaves() {
    let network = network { $0.connections = 3 }
    let clients = (0..<3).map { _ in busyClient(network) }
    for round in 1...3 {
      let surplus = Client(network)
      #expect(surplus.ask("GET", "/")?.status == 503)
      #expect(surplus.hasReachedEnd)
      #expect(!surplus.isConnected)
      #expect(network.counters.connectionsRefused == UInt32(round))
    }
    #expect(network.journal.refusals.allSatisfy { $0 == "192.168.1.100: 503 too many connections" })
    for client in clients {
      client.send("body")
      #expect(client.reply()?.text == "body")
    }
    clients[1].finish()
    #expect(Client(network).ask("GET", "/")?.status == 200)
    #expect(network.counters.accepted == 4)
  }

  @Test func whoIsOneTooManyIsToldSoInTheFormThatItReads() {
    let network = network { $0.connections = 1 }
    let busy = busyClient(network)
    let memory = network.server.inputMemory
    let words = "Too many connections. Try again in a few seconds"
    for (head, type, text) in [
      ("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n", "text/html; charset=utf-8", "<p>\(words)</p>"),
      ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "application/json", "{\"error\":\"\(words)\"}"),
      ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\nhalf", "application/json", words),
      ("GET / HTTP/1.1\r\nAccept: text/ht", "application/json", words),  // the rest is not waited for
      ("\u{16}\u{3}\u{1}", "application/json", words),
    ] {
      let surplus = Client(network)
      surplus.send(head)
      let reply = surplus.reply()
      #expect(reply?.status == 503)
      #expect(reply?["content-type"] == type)
      #expect(reply?["retry-after"] == "1")
      #expect(reply?["connection"] == "close")
      #expect(reply?.text.contains(text) == true, "\(reply?.text ?? "")")
      #expect(surplus.hasReachedEnd)
      #expect(network.server.inputMemory <= memory, "nothing of it is kept")
      surplus.breakOff()
    }
    busy.send("body")
    #expect(busy.reply()?.text == "body")
  }

  @Test func whoIsOneTooManyAndSaysNothingIsToldAfterTwoSeconds() {
    let network = network { $0.connections = 1 }
    let busy = busyClient(network)
    let silent = Client(network)
    network.advance(by: 1900)
    #expect(silent.received.isEmpty)
    network.advance(by: 200)
    #expect(silent.reply()?.status == 503)
    #expect(silent.hasReachedEnd && busy.isConnected)
  }

  @Test func whoIsToldThatThereIsNoRoomTakesNone() {
    let network = network { $0.connections = 2 }
    let clients = (0..<2).map { _ in busyClient(network) }
    let stubborn = (0..<20).map { _ in Client(network, capacity: 10, isReading: false) }
    #expect(stubborn.filter(\.isConnected).count == 8)  // the others were closed without an answer
    #expect(network.counters.connectionsRefused == 20)
    #expect(network.server.connectionCount == 10)
    clients[0].finish()
    #expect(Client(network).ask("GET", "/")?.status == 200)  // the eight take no place of those who are served
    network.advance(by: .seconds(25))
    #expect(stubborn.allSatisfy { !$0.isConnected })
  }

  /// A client in the middle of a request.
  private func busyClient(_ network: Network) -> Client {
    let client = Client(network)
    client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n")
    return client
  }

  @Test func whoRestsLongestMakesRoomForANewConnection() {
    let network = network { $0.connections = 3 }
    let clients = (0..<3).map { _ in Client(network) }
    for client in [clients[2], clients[0], clients[1]] {
      network.advance(by: 100)
      #expect(client.ask("GET", "/")?.status == 200)
    }
    #expect(Client(network).ask("GET", "/")?.status == 200)
    #expect(clients.map(\.isConnected) == [true, true, false])
    #expect(Client(network).ask("GET", "/")?.status == 200)
    #expect(clients.map(\.isConnected) == [false, true, false])
    #expect(network.counters.displaced == 2)
    #expect(network.counters.connectionsRefused == 0)
    #expect(network.server.connectionCount == 3)
  }

  @Test func headsThatDoNotComeKeepNobodyOut() {
    let network = network { $0.connections = 2 }
    let busy = busyClient(network)
    for _ in 0..<100 {
      let slow = Client(network)
      slow.send("GET / HTTP/1.1\r\nHo")
      network.advance(by: 1)
      #expect(Client(network).ask("GET", "/")?.status == 200)
      #expect(!slow.isConnected)
    }
    busy.send("body")
    #expect(busy.reply()?.text == "body")
  }
}
