// SPDX-License-Identifier: MIT

// One connection over its life: pipelining, persistence, interim answers, the end (RFC 9112 section 9, RFC
// 9110 section 10.1.1).

import Bytes
import ConformanceSupport
import Testing

@testable import HTTPCore

@Suite struct ConnectionTests {
  static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test(arguments: Delivery.allCases)
  func pipelinedRequestsAreAnsweredInOrder(_ delivery: Delivery) throws {
    var server = EchoServer()
    let input = (1...5).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\($0)" }.joined()
    for piece in delivery.pieces(of: bytes(input)) { try server.receive(piece) }
    #expect(server.requests.map(\.target) == ["/1", "/2", "/3", "/4", "/5"])
    #expect(
      text(server.output).split(separator: "\r\n\r\n").dropFirst().map(\.first) == ["1", "2", "3", "4", "5"])
    #expect(server.connection.isIdle)
  }

  @Test func theNextRequestWaitsForTheAnswer() throws {
    var connection = try connection(afterReceiving: Self.get + Self.get)
    #expect(connection.requestState == .done)
    #expect(connection.responseState == .due)
    guard case .held = try connection.nextEvent() else { throw NotARequest() }
    try connection.send(ResponseHead(.ok), .none)
    try connection.finish()
    guard case .held = try connection.nextEvent() else { throw NotARequest() }
    try connection.startNextCycle()
    guard case .request = try connection.nextEvent() else { throw NotARequest() }
  }

  /// RFC 9112 section 9.3, and the Connection field of the answer.
  static let persistence: [(version: String, connection: String, persists: Bool, answer: String?)] = [
    ("1.1", "", true, nil),
    ("1.1", "Connection: keep-alive\r\n", true, nil),
    ("1.1", "Connection: close\r\n", false, "close"),
    ("1.1", "connection: Foo, CLOSE\r\n", false, "close"),
    ("1.1", "Connection: foo\r\nConnection: ,close ,\r\n", false, "close"),
    ("1.1", "Connection: closed\r\n", true, nil),
    ("1.1", "Connection: close, keep-alive\r\n", false, "close"),
    ("1.0", "", false, "close"),
    ("1.0", "Connection: keep-alive\r\n", true, "keep-alive"),
    ("1.0", "Connection: Keep-Alive, foo\r\n", true, "keep-alive"),
    ("1.0", "Connection: close, keep-alive\r\n", false, "close"),
  ]

  @Test(arguments: persistence)
  func aConnectionPersistsAsItsClientWants(
    _ row: (version: String, connection: String, persists: Bool, answer: String?)
  ) throws {
    var connection = try connection(
      afterReceiving: "GET / HTTP/\(row.version)\r\nHost: a\r\n\(row.connection)\r\n")
    try connection.send(ResponseHead(.ok), .length(2))
    try connection.send(body: bytes("hi").span)
    try connection.finish()
    #expect(connection.mustClose == !row.persists)
    let answer = row.answer.map { "Connection: \($0)\r\n" } ?? ""
    #expect(takeOutput(&connection) == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\(answer)\r\nhi")
    if row.persists {
      try connection.startNextCycle()
    } else {
      #expect(throws: LocalProtocolError.wrongState) { try connection.startNextCycle() }
    }
  }

  @Test func afterTheLastAnswerInputIsTakenAndDropped() throws {
    var server = EchoServer()
    try server.receive(bytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Self.get))
    #expect(server.requests.count == 1)
    #expect(server.connection.receive([UInt8](repeating: 0, count: 1_000_000).span) == 1_000_000)
    guard case .closed = try server.connection.nextEvent() else { throw NotARequest() }
  }

  /// What waits when a connection ends is given back at once, not when its peer has closed too.
  @Test func aConnectionThatIsOverHoldsNoInput() throws {
    var connection = try connection(afterReceiving: Self.get + Self.get)
    connection.close()
    try connection.send(ResponseHead(.ok), .none)
    #expect(!connection.input.isEmpty)
    try connection.finish()
    #expect(connection.input.isEmpty)

    connection = try HTTPCoreTests.connection(afterReceiving: FramingTests.post("Content-Length: 5", "hell"))
    connection.abandonRequest()
    #expect(connection.takeBody() == [])
  }

  @Test func nothingIsReadBehindTheEndOfTheStream() throws {
    var connection = HTTPConnection()
    connection.receiveEndOfStream()
    #expect(connection.receive(bytes(Self.get).span) == Self.get.utf8.count)
    guard case .closed = try connection.nextEvent() else { throw NotARequest() }
  }

  @Test func closingMakesTheCurrentResponseTheLast() throws {
    var connection = try connection(afterReceiving: Self.get + Self.get)
    connection.close()
    #expect(!connection.mustClose)
    try connection.send(ResponseHead(.ok), .none)
    try connection.finish()
    #expect(connection.mustClose)
    #expect(takeOutput(&connection) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    guard case .closed = try connection.nextEvent() else { throw NotARequest() }
  }

  @Test func closingAnIdleConnectionEndsItAtOnce() {
    var connection = HTTPConnection()
    connection.close()
    #expect(connection.mustClose)
    #expect(connection.pendingOutput == 0)
  }

  @Test func aClientThatEndsItsStreamStillGetsItsAnswers() throws {
    var server = EchoServer()
    server.connection.receiveEndOfStream()
    guard case .closed = try server.connection.nextEvent() else { throw NotARequest() }

    server = EchoServer()
    _ = server.connection.receive(bytes(Self.get + Self.get).span)
    try server.receiveEndOfStream()
    #expect(server.requests.count == 2)
    #expect(server.connection.mustClose)
    #expect(server.errors.isEmpty)
  }

  @Test func anAnswerBeforeTheEndOfTheBodyIsTheLast() throws {
    var connection = try connection(afterReceiving: FramingTests.post("Content-Length: 5", "he"))
    try connection.send(ResponseHead(.unauthorized), .none)
    #expect(takeOutput(&connection).contains("Connection: close\r\n"))
    _ = connection.receive(bytes("llo").span)
    try connection.finish()
    #expect(connection.mustClose)
    guard case .closed = try connection.nextEvent() else { throw NotARequest() }
  }

  @Test func aRequestWithoutBodyMayBeAnsweredAtOnce() throws {
    var connection = HTTPConnection()
    _ = connection.receive(bytes(Self.get + Self.get).span)
    guard case .request = try connection.nextEvent() else { throw NotARequest() }
    try connection.send(ResponseHead(.ok), .none)
    try connection.finish()
    try connection.startNextCycle()
    guard case .request = try connection.nextEvent() else { throw NotARequest() }
  }

  @Test func aBrokenBodyBehindAnEarlyAnswerDoesNotSpoilTheAnswer() throws {
    var connection = try connection(afterReceiving: ChunkedBodyTests.chunked("1\r\na"))
    try connection.send(ResponseHead(.forbidden), .length(2))
    _ = connection.receive(bytes("broken").span)
    #expect(throws: RemoteProtocolError.malformedChunk) { try connection.nextEvent() }
    try connection.send(body: bytes("no").span)
    try connection.finish()
    #expect(takeOutput(&connection).hasSuffix("\r\n\r\nno"))
    #expect(connection.mustClose)
  }

  @Test func whatIsAwaitedIsTold() throws {
    var connection = HTTPConnection()
    func receive(_ input: String) throws {
      _ = connection.receive(bytes(input).span)
      while true {
        switch try connection.nextEvent() {
        case .needData, .held, .closed: return
        case .request, .endOfMessage: continue
        }
      }
    }
    #expect(connection.isIdle)
    try receive("\r\n")
    #expect(connection.isIdle)  // an empty line is no part of a request (RFC 9112 section 2.2)
    try receive("P")
    #expect(connection.isReceivingHead && !connection.isIdle && !connection.isReceivingBody)
    try receive("UT / HTTP/1.1\r\n")
    #expect(connection.isReceivingHead && !connection.isIdle)
    try receive("Host: a\r\nContent-Length: 2\r\n\r\n")
    #expect(connection.isReceivingBody && !connection.isReceivingHead && !connection.isIdle)
    try receive("h")
    #expect(connection.isReceivingBody)
    try receive("i")
    #expect(!connection.isReceivingBody && !connection.isReceivingHead && !connection.isIdle)
  }

  @Test(arguments: [
    "", "GET", "GET / HTTP/1.1\r\nHost", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh",
  ])
  func anAbandonedRequestGetsOneAnswer(_ input: String) throws {
    var connection = try connection(afterReceiving: input)
    connection.abandonRequest()
    #expect(connection.responseState == .due)
    try connection.send(ResponseHead(.requestTimeout), .none)
    try connection.finish()
    let answer = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    #expect(takeOutput(&connection) == answer)
    #expect(connection.mustClose)
  }

  /// RFC 9110 section 9.3.2 holds for refusals too.
  @Test func aRefusedHEADGetsNoBody() throws {
    var abandoned = try connection(afterReceiving: "HEAD / HTTP/1.1\r\n")
    abandoned.abandonRequest()
    var malformed = HTTPConnection()
    _ = malformed.receive(bytes("HEAD / HTTP/1.1\r\nHost : a\r\n\r\n").span)
    #expect(throws: RemoteProtocolError.malformedField) { try malformed.nextEvent() }
    for var connection in [abandoned, malformed] {
      try connection.send(ResponseHead(.badRequest), .length(2))
      try connection.send(body: bytes("no").span)
      try connection.finish()
      let answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
      #expect(takeOutput(&connection) == answer)
    }
  }

  @Test(arguments: [
    "HEAD  HTTP/1.1\r\n", "HEAD a b c\r\n", "HEAD nowhere HTTP/1.1\r\n", "HEAD / HTTP/2.0\r\n", "HEAD /\u{1}\r\n",
    "HEAD /" + String(repeating: "a", count: 100), "\r\nHEAD / http\r\n", "HEAD /slow",
  ])
  func aHEADWhoseRequestLineIsWrongOrUnfinishedGetsNoBody(_ input: String) throws {
    var limits = HTTPConnection.Limits()
    limits.targetSize = 16
    var connection = HTTPConnection(limits: limits)
    _ = connection.receive(bytes(input).span)
    do {
      _ = try connection.nextEvent()
      connection.abandonRequest()  // it is unfinished
    } catch { #expect(connection.responseState == .due) }
    try connection.send(ResponseHead(.badRequest), .length(2))
    try connection.send(body: bytes("no").span)
    try connection.finish()
    #expect(takeOutput(&connection).hasSuffix("Content-Length: 2\r\nConnection: close\r\n\r\n"))
  }

  @Test func aCompleteRequestCannotBeAbandoned() throws {
    var connection = try connection(afterReceiving: Self.get)
    connection.abandonRequest()
    #expect(connection.requestState == .done)
  }

  // 100 (Continue)

  static let expecting = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"

  @Test func continueIsSentOnceToAClientThatWaits() throws {
    var connection = try connection(afterReceiving: Self.expecting)
    connection.sendContinue()
    connection.sendContinue()
    #expect(takeOutput(&connection) == "HTTP/1.1 100 Continue\r\n\r\n")
    _ = connection.receive(bytes("hi").span)
    guard case .endOfMessage = try connection.nextEvent() else { throw NotARequest() }
    try connection.send(ResponseHead(.noContent), .none)
    try connection.finish()
    try connection.startNextCycle()
  }

  /// RFC 9110 section 10.1.1.
  @Test(arguments: [
    expecting + "h",  // the body is coming already
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n",
    "PUT / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",  // there is no body
    "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n2",
    "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n",
  ])
  func continueIsNotSentToAClientThatDoesNotWait(_ input: String) throws {
    var connection = try connection(afterReceiving: input)
    connection.sendContinue()
    #expect(takeOutput(&connection) == "")
  }

  @Test func aRefusalInsteadOfContinueClosesTheConnection() throws {
    var connection = try connection(afterReceiving: Self.expecting)
    try connection.send(ResponseHead(.forbidden), .none)
    connection.sendContinue()
    try connection.finish()
    #expect(
      takeOutput(&connection) == "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    #expect(connection.mustClose)
  }

  // 101 (Switching Protocols)

  @Test(arguments: Delivery.allCases)
  func whatFollowsTheUpgradeBelongsToTheNewProtocol(_ delivery: Delivery) throws {
    var connection = HTTPConnection()
    let request = bytes("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    for piece in delivery.pieces(of: request, trailing: [0x81, 0x80]) {
      _ = connection.receive(piece.span)
      _ = try connection.nextEvent()
    }
    guard case .endOfMessage = try connection.nextEvent() else { throw NotARequest() }
    #expect(connection.takeTrailingData() == [])  // not yet another protocol's
    var head = ResponseHead(.switchingProtocols)
    head.add("Upgrade", "websocket")
    head.add("Connection", "Upgrade")
    try connection.send(head, .none)
    #expect(
      takeOutput(&connection)
        == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    #expect(connection.requestState == .switched)
    #expect(connection.takeTrailingData() == (delivery == .withTrailingBytes ? [0x81, 0x80] : []))
    #expect(!connection.mustClose)
    #expect(throws: LocalProtocolError.wrongState) { try connection.finish() }
  }

  @Test func aConnectionWithNothingToDoHoldsLittle() {
    // A table of a hundred connections on a microcontroller is why this is watched.
    #expect(MemoryLayout<HTTPConnection>.size <= 512)
  }
}
