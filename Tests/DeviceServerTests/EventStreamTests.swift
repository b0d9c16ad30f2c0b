// SPDX-License-Identifier: MIT

// Server-sent events (WHATWG HTML, section 9.2): the state of an endpoint as an answer that does not end. The test
// reads the chunks (RFC 9112 section 7.1) and the events by code of its own.

import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase
import WebSocketCore

private typealias EventNetwork = VirtualNetwork<ServerApplication<Counted>>
private typealias EventClient = VirtualClient<ServerApplication<Counted>>

/// A number and its revisions; the encoder counts how often it is asked.
private struct Counted {
  var revision: UInt64 = 0
  var asked = 0
  var snapshots = 0
  var refusals: [String] = []
  var endpoint: WebSocketEndpoint?
}

private func makeNetwork(
  hasSnapshot: Bool = true, _ change: (inout ServerLimits) -> Void = { _ in }
) -> EventNetwork {
  var router = Router<Counted>()
  let endpoint = router.webSocket("/ws") { counted, since, message in
    counted.asked += 1
    message += bytes("{\"since\":\(since),\"rev\":\(counted.revision)}")
    return counted.revision
  } _: { _, _, _ in }
  let snapshot: Router<Counted>.SnapshotEncoder = { counted, _, message in
    counted.snapshots += 1
    message += bytes("{\"hello\":\(counted.revision)}")
    return counted.revision
  }
  router.events("/events", of: endpoint, snapshot: hasSnapshot ? snapshot : nil)
  router.get("/") { _, _, response in response.send("hello") }
  router.onRefusal { counted, refusal in
    var line: [UInt8] = []
    refusal.append(to: &line)
    counted.refusals.append(text(line))
  }
  var limits = ServerLimits()
  change(&limits)
  return EventNetwork(
    ServerApplication(Server(router: router, limits: limits), context: Counted(endpoint: endpoint)))
}

extension VirtualNetwork where App == ServerApplication<Counted> {
  /// Raises the number and publishes it.
  fileprivate func count(_ times: Int = 1) {
    for _ in 0..<times {
      change { application, now in
        application.context.revision += 1
        let revision = application.context.revision
        application.server.withHub(application.context.endpoint!, now: now) { $0.publish(revision: revision) }
      }
    }
  }

  fileprivate var hubCounters: HubCounters {
    change { application, now in application.server.withHub(application.context.endpoint!, now: now) { $0.counters } }
  }
}

/// What a client of an event stream reads.
private struct EventReader {
  private(set) var head = ""
  /// The data of each event, or `:` for a comment.
  private(set) var events: [String] = []
  private(set) var ids: [String] = []
  /// Whether the last chunk has come.
  private(set) var isAtEnd = false
  private var stream = ""

  /// Reads all that has come.
  mutating func read(_ client: EventClient, isChunked: Bool = true) {
    var text = text(client.network.take(on: client.number))[...]
    if head.isEmpty, let end = text.firstRange(of: "\r\n\r\n") {
      head = String(text[..<end.lowerBound])
      text = text[end.upperBound...]
    }
    while !text.isEmpty {
      guard isChunked else {
        stream += text
        break
      }
      guard let line = text.firstRange(of: "\r\n"), let size = Int(text[..<line.lowerBound], radix: 16) else {
        Issue.record("no chunk: \(text.prefix(40))")
        return
      }
      let data = text[line.upperBound...].utf8.prefix(size)
      #expect(data.count == size)
      stream += String(decoding: data, as: UTF8.self)
      text = text[text.utf8.index(line.upperBound, offsetBy: size)...]
      #expect(text.hasPrefix("\r\n"))
      text = text.dropFirst()  // one character
      if size == 0 { isAtEnd = true }
    }
    while true {
      while stream.hasPrefix(":\n") {  // a comment, which no empty line may follow
        stream = String(stream.dropFirst(2))
        events.append(":")
      }
      guard let end = stream.firstRange(of: "\n\n") else { break }
      let lines = stream[..<end.lowerBound].split(separator: "\n")
      stream = String(stream[end.upperBound...])
      #expect(!lines.isEmpty && lines[0] != ":", "an event without a field")
      let data = lines.filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }
      if !data.isEmpty { events.append(data.joined(separator: "\n")) }
      ids += lines.filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }
  }

  mutating func take(_ client: EventClient) -> [String] {
    read(client)
    defer { events = [] }
    return events
  }
}

@Suite struct EventStreamTests {
  @Test func aStreamBeginsWithASnapshotAndGoesOnWithChanges() {
    let network = makeNetwork()
    network.count(3)
    let client = EventClient(network)
    client.send(Wire.request("GET", "/events"))
    var reader = EventReader()
    reader.read(client)
    #expect(reader.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(reader.head.contains("\r\nContent-Type: text/event-stream\r\n"))
    #expect(reader.head.contains("\r\nCache-Control: no-store\r\n"))
    #expect(reader.head.contains("\r\nTransfer-Encoding: chunked\r\n"))
    #expect(reader.events == ["{\"hello\":3}"])
    network.count()
    network.count()
    reader.read(client)
    #expect(reader.events == ["{\"hello\":3}", "{\"since\":3,\"rev\":4}", "{\"since\":4,\"rev\":5}"])
    #expect(reader.ids == ["3", "4", "5"])
    #expect(network.counters.eventStreams == 1)
  }

  @Test func withoutASnapshotTheFirstEventIsWhatAClientWithNothingIsTold() {
    let network = makeNetwork(hasSnapshot: false)
    let early = EventClient(network)
    early.send(Wire.request("GET", "/events"))
    network.count(2)
    let client = EventClient(network)
    client.send(Wire.request("GET", "/events"))
    var (ofEarly, ofClient) = (EventReader(), EventReader())
    #expect(ofEarly.take(early) == ["{\"since\":0,\"rev\":1}", "{\"since\":1,\"rev\":2}"])
    #expect(ofClient.take(client) == ["{\"since\":0,\"rev\":2}"])
  }

  @Test func oneEncodingServesSocketsAndStreams() {
    let network = makeNetwork()
    network.count()
    let sockets = (0..<3).map { _ in EventClient.webSocket(network) }
    let streams = (0..<3).map { _ in EventClient(network) }
    for stream in streams { stream.send(Wire.request("GET", "/events")) }
    for socket in sockets { #expect(socket.frames() == [.text("{\"since\":0,\"rev\":1}")]) }
    let before = network.application.context.asked
    network.count()
    #expect(network.application.context.asked == before + 1)
    for socket in sockets { #expect(socket.frames() == [.text("{\"since\":1,\"rev\":2}")]) }
    for stream in streams {
      var reader = EventReader()
      #expect(reader.take(stream) == ["{\"hello\":1}", "{\"since\":1,\"rev\":2}"])
    }
  }

  @Test func whoDoesNotReadIsToldOnceWhatItMissed() {
    let network = makeNetwork()
    let slow = EventClient(network, capacity: 30)
    slow.send(Wire.request("GET", "/events"))
    var reader = EventReader()
    #expect(reader.take(slow) == ["{\"hello\":0}"])
    slow.stopReading()
    network.count(1000)
    let id = network.id(of: slow.number)!
    #expect(network.application.server.pendingOutput(of: id) < 100)
    slow.startReading()
    #expect(reader.take(slow) == ["{\"since\":0,\"rev\":1}", "{\"since\":1,\"rev\":1000}"])
    #expect(network.hubCounters.conflated == 998)
  }

  @Test func aSilentStreamGetsACommentAndOneThatTakesNothingIsGivenUp() {
    let network = makeNetwork()
    let client = EventClient(network)
    client.send(Wire.request("GET", "/events"))
    var reader = EventReader()
    _ = reader.take(client)
    network.advance(by: .seconds(10))
    network.count()
    #expect(reader.take(client) == ["{\"since\":0,\"rev\":1}"])
    network.advance(by: .seconds(14))
    #expect(reader.take(client) == [])
    network.advance(by: 1100)
    #expect(reader.take(client) == [":"])
    network.advance(by: .seconds(45))
    #expect(reader.take(client) == [":", ":", ":"])
    client.stopReading()
    let stuck = EventClient(network, capacity: 1)
    stuck.stopReading()
    stuck.send(Wire.request("GET", "/events"))
    network.advance(by: .seconds(19))
    #expect(stuck.isConnected)
    network.advance(by: .seconds(2))
    #expect(stuck.wasAborted)
    #expect(client.isConnected)  // its kernel has room
    #expect(network.counters.timedOut == 1)
    network.advance(by: .seconds(30))
    client.startReading()
    network.count()
    #expect(reader.take(client).last == "{\"since\":1,\"rev\":2}")
  }

  @Test func streamsHaveALimitOfTheirOwn() {
    let network = makeNetwork { $0.eventStreams = 2 }
    let clients = (0..<2).map { _ in EventClient(network) }
    for client in clients { client.send(Wire.request("GET", "/events")) }
    let third = EventClient(network)
    #expect(third.ask("GET", "/events")?.status == 503)
    #expect(third.ask("GET", "/")?.status == 200)
    #expect(network.counters.eventStreamsRefused == 1)
    #expect(network.application.context.refusals == ["192.168.1.100: 503 too many event streams"])
    clients[0].breakOff()
    third.send(Wire.request("GET", "/events"))
    network.count()
    for client in [clients[1], third] {
      var reader = EventReader()
      #expect(reader.take(client) == ["{\"hello\":0}", "{\"since\":0,\"rev\":1}"])
    }
  }

  @Test func anHTTP10ClientReadsToTheEndOfTheConnection() {
    let network = makeNetwork()
    let client = EventClient(network)
    client.send("GET /events HTTP/1.0\r\n\r\n")
    network.count()
    var reader = EventReader()
    reader.read(client, isChunked: false)
    #expect(!reader.head.contains("Transfer-Encoding"))
    #expect(reader.events == ["{\"hello\":0}", "{\"since\":0,\"rev\":1}"])
    client.finish()
    #expect(!client.isConnected)
  }

  @Test func headGetsTheHeadAndTheConnectionGoesOn() {
    let network = makeNetwork()
    let client = EventClient(network)
    let reply = client.ask("HEAD", "/events")
    #expect(reply?.status == 200)
    #expect(reply?["content-type"] == "text/event-stream")
    #expect(client.ask("GET", "/")?.text == "hello")
    #expect(network.counters.eventStreams == 0)
    #expect(client.ask("POST", "/events")?.status == 405)
  }

  @Test func theEndOfTheClientEndsTheStream() {
    let network = makeNetwork()
    let client = EventClient(network)
    client.send(Wire.request("GET", "/events"))
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")  // never answered: the stream is the last answer
    client.finish()
    var reader = EventReader()
    reader.read(client)
    #expect(reader.isAtEnd)
    #expect(reader.events == ["{\"hello\":0}"])
    #expect(!client.isConnected)
    #expect(!client.wasAborted)
    network.count()
    #expect(network.application.server.connectionCount == 0)
  }

  @Test func aShutdownEndsStreams() {
    let network = makeNetwork()
    let client = EventClient(network)
    let slow = EventClient(network, capacity: 1)
    client.send(Wire.request("GET", "/events"))
    slow.stopReading()
    slow.send(Wire.request("GET", "/events"))
    network.change { application, now in application.shutdown(now: now) }
    var reader = EventReader()
    reader.read(client)
    #expect(reader.isAtEnd)
    #expect(!client.isConnected)
    slow.startReading()
    var ofSlow = EventReader()
    ofSlow.read(slow)
    #expect(ofSlow.isAtEnd)
    #expect(!slow.isConnected)
    #expect(network.application.server.connectionCount == 0)
  }

  @Test func aForeignHostIsRefused() {
    let network = makeNetwork()
    let client = EventClient(network)
    client.send("GET /events HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    #expect(client.reply()?.status == 403)
  }

  @Test func aStateOfSeveralLinesIsOneEvent() {
    var router = Router<Void>()
    let endpoint = router.webSocket("/ws") { _, _, _ in }
    router.events("/events", of: endpoint)
    let network = VirtualNetwork(ServerApplication(Server(router: router), context: ()))
    let client = VirtualClient(network)
    client.send(Wire.request("GET", "/events"))
    network.take(on: client.number)
    network.change { application, now in
      application.server.withHub(endpoint, now: now) { $0.publishState(bytes("a\nb\r\nc\rd").span) }
    }
    #expect(text(client.received).contains("\r\nid: 1\ndata: a\ndata: b\ndata: c\ndata: d\n\n\r\n"))
  }
}

extension VirtualNetwork where App == ServerApplication<Counted> {
  fileprivate var counters: ServerCounters { application.server.counters }
}
