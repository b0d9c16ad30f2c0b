// SPDX-License-Identifier: MIT

// Places that are few are shared out by address: whoever holds many gives one up for a newcomer with fewer, whoever
// holds a fair share keeps it, and nothing that one address does keeps others out. In virtual time; over real sockets
// it is the scenario `crowd` of Conformance/abuse.

import Bytes
import ConformanceSupport
import HTTPCore
import Testing
import Timebase

@testable import DeviceServer

/// The numbered visitor's address.
private func visitor(_ number: UInt32) -> RemoteAddress { .ipv4(0xC0A8_0200 + number, port: 50_000) }
/// An address that takes all that it can get.
private let greedy = RemoteAddress.ipv4(0xC0A8_0142, port: 50_000)

@Suite struct FairnessTests {
  private func network(_ change: (inout ServerLimits) -> Void = { _ in }) -> Network {
    var limits = ServerLimits()
    change(&limits)
    return makeNetwork(limits: limits) { router in
      router.get("/") { _, _, response in response.send("page") }
      router.get("/large") { _, _, response in response.body = [UInt8](repeating: 1, count: 30_000) }
      router.on(.put, "/") { _, request, response in response.body = [UInt8](request.body) }
    }
  }

  /// What a connection of the greedy address may do with its place.
  enum Greed: CaseIterable {
    case silence, halfAHead, slowBody, unreadAnswer, socket, restAfterAnAnswer

    func begin(_ client: Client) {
      switch self {
      case .silence: break
      case .halfAHead: client.send("GET / HTTP/1.1\r\nHo")
      case .slowBody: client.send(Wire.request("PUT", "/", ["Content-Length: 100"]))
      case .unreadAnswer:
        client.stopReading()
        client.send(Wire.request("GET", "/large"))
      case .socket: client.send(Wire.upgrade())
      case .restAfterAnAnswer: client.send(Wire.request("GET", "/"))
      }
    }
  }

  @Test(arguments: Greed.allCases)
  func aThousandAttemptsASecondFromOneAddressKeepNobodyOut(_ greed: Greed) {
    let network = network()
    var visitors: [Client] = []
    for millisecond in 0..<500 {
      greed.begin(Client(network, from: greedy, capacity: 1000))
      network.advance(by: 1)
      guard millisecond % 10 == 9 else { continue }
      let client = Client(network, from: visitor(UInt32(visitors.count)))
      network.advance(by: 1)  // the request comes a little later
      greed.begin(Client(network, from: greedy, capacity: 1000))
      #expect(client.ask("GET", "/")?.status == 200, "visitor \(visitors.count)")
      visitors.append(client)
    }
    #expect(visitors.count == 50)
    #expect(network.server.connectionCount <= 32 + 2 * 8)
  }

  /// A page that is open loads its files and keeps its socket, whatever another address does.
  @Test(arguments: Greed.allCases)
  func whatAVisitorHasIsNotTakenByAFlood(_ greed: Greed) {
    let network = network()
    let page = Client.webSocket(network, from: visitor(1))
    let slow = Client(network, from: visitor(2))
    slow.send("PUT / HTTP/1.1\r\nHost: 192.168.1.32\r\nContent-Length: 4\r\n\r\n")
    for _ in 0..<300 {
      greed.begin(Client(network, from: greedy, capacity: 1000))
      network.advance(by: 1)
    }
    slow.send("body")
    #expect(slow.reply()?.text == "body")
    page.sendText("echo still here")
    #expect(page.frames() == [.text("still here")])
  }

  @Test func anAddressWithAllPlacesGivesUpTheYoungestUntilSharesAreEqual() {
    let network = network { $0.connections = 4 }
    func busy(_ remote: RemoteAddress) -> Client {
      let client = Client(network, from: remote)
      client.send("PUT / HTTP/1.1\r\nHost: 192.168.1.32\r\nContent-Length: 4\r\n\r\n")
      return client
    }
    let many = (0..<4).map { _ in busy(greedy) }
    let first = busy(visitor(1))
    #expect(many.map(\.isConnected) == [true, true, true, false])
    let second = busy(visitor(1))
    #expect(many.map(\.isConnected) == [true, true, false, false])
    // Two each: neither gets a third, and a third address gets one of the two that came last.
    #expect(busy(visitor(1)).reply()?.status == 503)
    #expect(busy(greedy).reply()?.status == 503)
    _ = busy(visitor(2))
    #expect((many + [first, second]).filter(\.isConnected).count == 3)
    #expect(network.counters.displaced == 3)
  }

  @Test func withEqualSharesNobodyLosesAPlace() {
    let network = network { $0.connections = 4 }
    let all = (0..<4 as Range<UInt32>).map { number in
      let client = Client(network, from: visitor(number))
      client.send("PUT / HTTP/1.1\r\nHost: 192.168.1.32\r\nContent-Length: 4\r\n\r\n")
      return client
    }
    for number in 4..<20 as Range<UInt32> {
      #expect(Client(network, from: visitor(number)).ask("GET", "/")?.status == 503)
      network.advance(by: 100)
    }
    for client in all { client.send("body") }
    #expect(all.allSatisfy { $0.reply()?.text == "body" })
  }

  @Test func aRestingConnectionGoesBeforeOneThatIsInUse() {
    let network = network { $0.connections = 4 }
    let phone = (0..<3).map { _ in Client.webSocket(network, from: greedy) }
    let laptop = Client(network, from: visitor(1))
    #expect(laptop.ask("GET", "/")?.status == 200)
    network.advance(by: 1100)
    #expect(Client(network, from: visitor(2)).ask("GET", "/")?.status == 200)
    #expect(phone.allSatisfy { $0.isConnected })
    #expect(!laptop.isConnected)
  }

  @Test func aConnectionWhoseRequestIsStillOnItsWayIsNotTakenWhileAnotherAddressHoldsMany() {
    let network = network { $0.connections = 4 }
    let phone = (0..<3).map { _ in Client.webSocket(network, from: greedy) }
    let tablet = Client(network, from: visitor(1))
    network.advance(by: 100)
    #expect(Client(network, from: visitor(2)).ask("GET", "/")?.status == 200)
    #expect(tablet.ask("GET", "/")?.status == 200)
    #expect(phone.map(\.isConnected) == [true, true, false])
  }

  /// Who has a socket and loads one more file has two places, but others have many more.
  @Test func aConnectionWhoseRequestIsStillOnItsWayIsNotTakenWhileAnotherAddressHoldsMore() {
    let network = network { $0.connections = 8 }
    let phone = (0..<5).map { _ in Client(network, from: greedy) }
    for client in phone { client.send(Wire.request("PUT", "/", ["Content-Length: 100"])) }
    _ = Client.webSocket(network, from: visitor(1))
    let file = Client(network, from: visitor(1))
    // Until the phone has as many as that visitor, and then one more: whoever had more before gives it up.
    let others = (2...6 as ClosedRange<UInt32>).map { Client(network, from: visitor($0)) }
    #expect(phone.map(\.isConnected) == [true, false, false, false, false])
    for client in others + [file] { #expect(client.ask("GET", "/")?.status == 200) }
  }

  /// Otherwise whoever holds one place could break off the requests of all others, one after the other.
  @Test func whoHasAsManyTakesNoConnectionWhoseRequestIsStillOnItsWay() {
    let network = network { $0.connections = 4 }
    let busy = Client(network, from: greedy)
    busy.send(Wire.request("PUT", "/", ["Content-Length: 4"]))
    let visitors = (1...3 as ClosedRange<UInt32>).map { Client(network, from: visitor($0)) }
    for _ in 0..<20 {
      #expect(Client(network, from: greedy).ask("GET", "/")?.status == 503)
      network.advance(by: 10)
    }
    for client in visitors { #expect(client.ask("GET", "/")?.status == 200) }
    busy.send("body")
    #expect(busy.reply()?.text == "body")
    // A stranger, who holds none, gets in at once.
    #expect(Client(network, from: visitor(4)).ask("GET", "/")?.status == 200)
  }

  // MARK: Those to which all is said

  /// A visitor that has its answer and does not end the connection.
  private func lingerer(_ network: Network, _ number: UInt32) -> Client {
    let client = Client(network, from: visitor(number))
    network.setFinishesAtEnd(false, on: client.number)
    #expect(client.ask("GET", "/", ["Connection: close"])?.status == 200)
    #expect(client.hasReachedEnd && client.isConnected)
    return client
  }

  @Test func whoHasItsAnswerGoesBeforeANewcomerIsRefused() {
    let network = network { $0.connections = 4 }
    let slow = (1...3 as ClosedRange<UInt32>).map { number in
      let client = Client(network, from: visitor(number))
      client.send("PUT / HTTP/1.1\r\nHost: 192.168.1.32\r\nContent-Length: 4\r\n\r\n")
      return client
    }
    for number in 4..<60 as Range<UInt32> {
      let last = lingerer(network, number)
      #expect(Client(network, from: visitor(100 + number)).ask("GET", "/", ["Connection: close"])?.status == 200)
      #expect(!last.isConnected)
    }
    for client in slow { client.send("body") }
    #expect(slow.allSatisfy { $0.reply()?.text == "body" })
    #expect(network.counters.connectionsRefused == 0)
  }

  @Test func whoHasItsAnswerGoesBeforeOneWhoseRequestIsStillOnItsWay() {
    let network = network { $0.connections = 4 }
    let early = (1...2 as ClosedRange<UInt32>).map { Client(network, from: visitor($0)) }
    let done = lingerer(network, 3)
    let late = Client(network, from: visitor(4))
    network.advance(by: 10)
    let newcomer = Client(network, from: visitor(5))
    #expect(!done.isConnected)
    for client in early + [late, newcomer] { #expect(client.ask("GET", "/")?.status == 200) }
  }

  @Test func oneThatIsClosedGoesBeforeTheYoungestOfItsAddress() {
    let network = network { ($0.connections, $0.clients) = (4, 2) }
    let phone = (0..<2).map { _ in Client.webSocket(network, from: greedy) }
    let other = Client.webSocket(network, from: visitor(1))  // takes the place of the phone's second
    let slow = Client(network, from: greedy)
    slow.send("PUT / HTTP/1.1\r\nHost: 192.168.1.32\r\nContent-Length: 4\r\n\r\n")
    #expect(Client(network, from: visitor(2)).ask("GET", "/")?.status == 200)
    #expect(phone[1].frames() == Self.farewell(of: 2))
    #expect(!phone[1].isConnected)
    slow.send("body")
    #expect(slow.reply()?.text == "body")
    for client in [phone[0], other] {
      client.sendText("echo still here")
      #expect(client.frames() == [.text("still here")])
    }
  }

  @Test func whoComesOftenCutsOffNoAnswer() {
    let network = network { $0.connections = 4 }
    let many = (0..<3).map { _ in Client(network, from: greedy) }
    for client in many { client.send(Wire.request("PUT", "/", ["Content-Length: 100"])) }
    let done = lingerer(network, 1)
    for _ in 0..<9 {
      #expect(Client(network, from: greedy).ask("GET", "/")?.status == 503)
      network.advance(by: 100)
    }
    #expect(done.isConnected)
    network.advance(by: 100)  // by now the answer is there, and the place is of no use to anyone else
    #expect(Client(network, from: greedy).ask("GET", "/")?.status == 200)
    #expect(!done.isConnected)
  }

  /// As the scenario `household` of Conformance/abuse has it.
  @Test func besideSlowBodiesMoreVisitorsAreServedThanThereArePlaces() {
    let network = network()
    let phone = (0..<8).map { _ in Client.webSocket(network, from: greedy) }
    let others = (1...4 as ClosedRange<UInt32>).map { Client.webSocket(network, from: visitor($0)) }
    for _ in 0..<32 { Client(network, from: greedy).send(Wire.request("PUT", "/", ["Content-Length: 100"])) }
    for _ in 0..<3 { for number in 1...50 as ClosedRange<UInt32> { _ = lingerer(network, number) } }
    #expect(network.counters.connectionsRefused > 0)  // the phone's
    for client in others {
      client.sendText("echo still here")
      #expect(client.frames() == [.text("still here")])
    }
    #expect(phone.filter(\.isConnected).count <= 4)
  }

  // MARK: Sockets

  /// What somebody is sent whose place goes to another, of so many.
  private static func farewell(of clients: Int) -> [ReceivedFrame] {
    [
      .text(#"{"type":"error","error":"others have fewer places","clients":\#(clients)}"#),
      .close(4013, "others have fewer places"),
    ]
  }

  @Test func eightSocketsOfOnePhoneLockNobodyOut() {
    let network = network()
    let phone = (0..<8).map { _ in Client.webSocket(network, from: greedy) }
    _ = network.takeEvents()
    let others = (0..<4 as Range<UInt32>).map { Client.webSocket(network, from: visitor($0)) }
    for client in others {
      client.sendText("echo in")
      #expect(client.frames() == [.text("in")])
    }
    for client in phone[4...] {
      #expect(client.frames() == Self.farewell(of: 8))
      client.send(Wire.close(4013))
      #expect(!client.isConnected || client.hasReachedEnd)
    }
    for client in phone[..<4] {
      client.sendText("echo too")
      #expect(client.frames() == [.text("too")])
    }
    #expect(network.clientCount == 8)
    #expect(network.counters.clientsDisplaced == 4)
    #expect(network.takeEvents().filter { $0.contains("disconnect 4013 others have fewer places") }.count == 4)
    #expect(network.journal.refusals.last == "192.168.1.66: 4013 place given to another address")
  }

  @Test func pagesDoNotThrowEachOtherOutForEver() {
    let network = network { $0.clients = 3 }
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    // Each of five screens, some with two pages, comes back whenever it was closed.
    let screens: [UInt32] = [1, 1, 2, 2, 3, 4, 5]
    var pages: [Client?] = screens.map { _ in nil }
    for _ in 0..<400 {
      let index = Int.random(in: 0..<screens.count, using: &generator)
      if let page = pages[index], page.isConnected, page.frames().isEmpty { continue }
      pages[index]?.breakOff()
      let page = Client.webSocket(network, from: visitor(screens[index]))
      pages[index] = page.frames().isEmpty ? page : nil
      if pages[index] == nil { page.breakOff() }
      network.advance(by: 50)
      #expect(network.clientCount <= 3, "seed \(generator.seed)")
    }
    // At most the second page of each screen went, once for each place.
    #expect(network.counters.clientsDisplaced <= 3, "seed \(generator.seed)")
  }

  @Test func aClosedOneThatDoesNotAnswerHoldsNoPlace() {
    let network = network { $0.clients = 2 }
    let phone = (0..<2).map { _ in Client.webSocket(network, from: greedy) }
    let other = Client.webSocket(network, from: visitor(1))
    other.sendText("echo in")
    #expect(other.frames() == [.text("in")])
    phone[1].sendText("echo ignored")
    #expect(phone[1].frames() == Self.farewell(of: 2))
    #expect(network.clientCount == 2)
    network.advance(by: 2100)
    #expect(phone[1].wasAborted)
    #expect(network.takeEvents().filter { $0.contains("disconnect") }.count == 1)
  }

  // MARK: Event streams

  @Test func streamsAreSharedOutToo() {
    var limits = ServerLimits()
    limits.eventStreams = 2
    var router = Router<Journal>()
    let endpoint = router.webSocket("/ws", obey)
    router.events("/events", of: endpoint)
    let network = Network(ServerApplication(Server(router: router, limits: limits), context: Journal(endpoint: endpoint)))
    func stream(_ remote: RemoteAddress) -> Client {
      let client = Client(network, from: remote)
      client.send(Wire.request("GET", "/events"))
      return client
    }
    let phone = (0..<2).map { _ in stream(greedy) }
    let other = stream(visitor(1))
    #expect(text(other.received).hasPrefix("HTTP/1.1 200"))
    #expect(text(phone[1].received).hasSuffix("0\r\n\r\n"))  // the last chunk: the stream has ended
    #expect(phone[0].isConnected && !text(phone[0].received).hasSuffix("0\r\n\r\n"))
    #expect(stream(visitor(2)).reply()?.status == 503)
    #expect(stream(greedy).reply()?.status == 503)
    #expect(network.counters.eventStreamsDisplaced == 1)
  }

  // MARK: Behind a proxy

  /// A proxy that has the whole head before it connects, as most do; what each of its clients has is that client's.
  @Test func oneClientOfAProxyKeepsNobodyOut() throws {
    let network = network { $0.connections = 4 }
    network.application.server.trustedProxies = [try AddressRange(parsing: bytes("192.168.2.9").span)]
    func slow(_ client: String) -> Client {
      let one = Client(network, from: visitor(9))
      one.send(Wire.request("PUT", "/", ["X-Forwarded-For: \(client)", "Content-Length: 4"]))
      return one
    }
    let many = (0..<4).map { _ in slow("203.0.113.7") }
    #expect(Client(network, from: visitor(1)).ask("GET", "/")?.status == 200)
    let other = slow("203.0.113.8")
    #expect(many.filter(\.isConnected).count == 2)
    other.send("body")
    #expect(other.reply()?.text == "body")
    let third = slow("203.0.113.9")
    let direct = Client(network, from: visitor(2))
    direct.send(Wire.request("PUT", "/", ["Content-Length: 4"]))
    for one in [third, direct] {
      one.send("body")
      #expect(one.reply()?.text == "body")
    }
    #expect(many[0].isConnected)
  }
}
