// SPDX-License-Identifier: MIT

// Every limit at its edge: what it allows is taken, one more is refused with its status, however the bytes
// come.

import ConformanceSupport
import HTTPCore
import Testing

@Suite struct LimitTests {
  /// What a limit counts, and a request that has exactly `count` of it.
  enum Measure: CaseIterable {
    case target, headByFields, headByOneField, fields, body, chunkedBody, extensions, trailers, trailerFields

    var limits: HTTPConnection.Limits {
      var limits = HTTPConnection.Limits()
      switch self {
      case .target: limits.targetSize = 100
      case .headByFields, .headByOneField: limits.headSize = 300
      case .trailers: limits.headSize = 80
      case .fields, .trailerFields: limits.fieldCount = 10
      case .body, .chunkedBody: limits.bodySize = 100
      case .extensions: limits.chunkExtensionSize = 40
      }
      return limits
    }

    var limit: Int {
      switch self {
      case .target, .body, .chunkedBody: 100
      case .headByFields, .headByOneField: 300
      case .trailers: 80
      case .fields, .trailerFields: 10
      case .extensions: 40
      }
    }

    var error: RemoteProtocolError {
      switch self {
      case .target: .targetTooLong
      case .headByFields, .headByOneField, .trailers: .headTooLarge
      case .fields, .trailerFields: .tooManyFields
      case .body, .chunkedBody: .bodyTooLarge
      case .extensions: .chunkExtensionsTooLarge
      }
    }

    var status: UInt16 {
      switch self {
      case .target: 414
      case .headByFields, .headByOneField, .trailers, .fields, .trailerFields: 431
      case .body, .chunkedBody, .extensions: 413
      }
    }

    func request(of count: Int) -> String {
      let start = "GET / HTTP/1.1\r\nHost: a\r\n"
      let chunked = start + "Transfer-Encoding: chunked\r\n\r\n"
      switch self {
      case .target: return "GET /\(x(count - 1)) HTTP/1.1\r\nHost: a\r\n\r\n"
      case .headByFields:
        let fields = String(repeating: "A: b\r\n", count: 20)
        return start + fields + "X: \(x(count - start.utf8.count - fields.utf8.count - 7))\r\n\r\n"
      case .headByOneField: return start + "X: \(x(count - start.utf8.count - 7))\r\n\r\n"
      case .fields: return start + String(repeating: "X:\r\n", count: count - 1) + "\r\n"
      case .body: return start + "Content-Length: \(count)\r\n\r\n\(x(count))"
      case .chunkedBody:
        return chunked + "3\r\nabc\r\n\(String(count - 3, radix: 16))\r\n\(x(count - 3))\r\n0\r\n\r\n"
      case .extensions:
        // Sixteen bytes of each line are free: of the first 18 count, so the second has the rest.
        return chunked + "1;\(x(32))\r\na\r\n1;\(x(count - 18 + 14))\r\nb\r\n0;\(x(14))\r\n\r\n"
      case .trailers: return chunked + "0;\(x(30))\r\nX: \(x(count - 7))\r\n\r\n"
      case .trailerFields: return chunked + "0\r\n" + String(repeating: "X:\r\n", count: count) + "\r\n"
      }
    }

    private func x(_ count: Int) -> String { String(repeating: "x", count: count) }
  }

  @Test(arguments: Measure.allCases, Delivery.allCases)
  func theLimitItselfIsAllowed(_ measure: Measure, _ delivery: Delivery) throws {
    var server = EchoServer(limits: measure.limits)
    let trailing = bytes(RequestVector.next)
    for piece in delivery.pieces(of: bytes(measure.request(of: measure.limit)), trailing: trailing) {
      try server.receive(piece)
    }
    #expect(server.errors.isEmpty)
    #expect(server.requests.count == (delivery == .withTrailingBytes ? 2 : 1))
  }

  @Test(arguments: Measure.allCases, Delivery.allCases)
  func oneMoreThanTheLimitIsRefused(_ measure: Measure, _ delivery: Delivery) throws {
    var server = EchoServer(limits: measure.limits)
    let trailing = bytes(RequestVector.next)
    for piece in delivery.pieces(of: bytes(measure.request(of: measure.limit + 1)), trailing: trailing) {
      try server.receive(piece)
    }
    #expect(server.errors == [measure.error])
    #expect(server.requests.isEmpty)
    #expect(text(server.output).hasPrefix("HTTP/1.1 \(measure.status) "))
    #expect(server.connection.mustClose)
  }

  /// An endless line is refused as soon as it is too long, with the same error as a complete one.
  @Test(arguments: [
    ("G", RemoteProtocolError.unsupportedMethod), ("GET /", .targetTooLong), ("GET / HTTP/1.1\r\nX: ", .headTooLarge),
  ])
  func aLineWithoutAnEndIsRefusedAtItsLimit(_ start: String, _ error: RemoteProtocolError) throws {
    var limits = HTTPConnection.Limits()
    limits.targetSize = 50
    limits.headSize = 200
    var server = EchoServer(limits: limits)
    try server.receive(bytes(start))
    var sent = start.utf8.count
    while server.errors.isEmpty, sent < 1000 {
      try server.receive(bytes("x"))
      sent += 1
    }
    #expect(server.errors == [error])
    #expect(sent <= 200)
  }

  @Test func aLengthBeyondTheLimitIsRefusedBeforeTheBodyComes() throws {
    var server = EchoServer()
    try server.receive(
      bytes("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 16385\r\n\r\n"))
    #expect(server.errors == [.bodyTooLarge])
    #expect(!text(server.output).contains("100 Continue"))
  }

  /// Nonsense in a limit makes the server refuse, not trap.
  @Test(arguments: [Int.min, -1, 0, .max])
  func anyNumberIsASafeLimit(_ number: Int) throws {
    var limits = HTTPConnection.Limits()
    limits.targetSize = number
    limits.headSize = number
    limits.fieldCount = number
    limits.bodySize = number
    limits.chunkExtensionSize = number
    limits.outputSize = number
    var server = EchoServer(limits: limits)
    let request = ChunkedBodyTests.chunked("5;a=b\r\nhello\r\n0\r\nX: 1\r\n\r\n")
    try server.receive(bytes(request + RequestVector.next))
    #expect(server.requests.count == (number == .max ? 2 : 0))
    #expect(server.errors == (number == .max ? [] : [.unsupportedMethod]))  // not even a method fits
  }

  @Test func theInputIsTakenOnlyAsFarAsThereIsRoom() {
    var connection = HTTPConnection()
    let flood = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
    #expect(connection.receive(flood.span) == 8192)
    #expect(connection.receive(flood.span) == 0)
  }

  /// A client that sends requests and reads no answers stops being served until it reads.
  @Test func requestsWaitWhileTheOutputIsFull() throws {
    var limits = HTTPConnection.Limits()
    limits.outputSize = 200
    var connection = HTTPConnection(limits: limits)
    _ = connection.receive(bytes(String(repeating: RequestVector.next, count: 20)).span)
    var answered = 0
    func serve() throws {
      while case .request = try connection.nextEvent() {
        try connection.send(ResponseHead(.ok), .none)
        try connection.finish()
        try connection.startNextCycle()
        answered += 1
      }
    }
    try serve()
    #expect(answered == 6)  // 38 bytes each
    guard case .held = try connection.nextEvent() else { throw NotARequest() }
    _ = takeOutput(&connection)
    try serve()
    #expect(answered == 12)
  }
}
