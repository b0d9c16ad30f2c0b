// SPDX-License-Identifier: MIT

// What goes out: framing by status, method and version (RFC 9112 section 6, RFC 9110 sections 8.6, 9.3.2 and
// 15), bodies that do not match their head, and values that would break the head.

import Bytes
import ConformanceSupport
import HTTPCore
import Testing

@Suite struct ResponseTests {
  static func request(_ method: String = "GET", _ version: String = "1.1") -> String {
    "\(method) / HTTP/\(version)\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"
  }

  struct Row: CustomTestStringConvertible, Sendable {
    var method = "GET"
    var version = "1.1"
    var status: HTTPStatus
    var framing: BodyFraming
    var body = ""
    /// What follows the status line, and whether the connection goes on.
    var wire: String
    var persists = true
    var testDescription: String { "\(method) \(version) \(status.code) \(framing)" }
  }

  static let rows: [Row] = [
    Row(status: .ok, framing: .none, wire: "Content-Length: 0\r\n\r\n"),
    Row(status: .ok, framing: .length(2), body: "hi", wire: "Content-Length: 2\r\n\r\nhi"),
    Row(status: .ok, framing: .length(0), wire: "Content-Length: 0\r\n\r\n"),
    Row(
      status: .ok, framing: .chunked, body: "hi",
      wire: "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
    Row(status: .ok, framing: .chunked, wire: "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    Row(status: .notFound, framing: .length(2), body: "no", wire: "Content-Length: 2\r\n\r\nno"),
    // RFC 9110 section 8.6: no Content-Length in 204; section 15.4.5: 304 has no content.
    Row(status: .noContent, framing: .none, wire: "\r\n"),
    Row(status: .noContent, framing: .length(2), body: "hi", wire: "\r\n"),
    Row(status: .noContent, framing: .chunked, body: "hi", wire: "\r\n"),
    Row(status: .notModified, framing: .none, wire: "\r\n"),
    Row(status: .notModified, framing: .length(2), wire: "\r\n"),
    // RFC 9110 section 9.3.2: the fields of GET, and no content.
    Row(method: "HEAD", status: .ok, framing: .none, wire: "Content-Length: 0\r\n\r\n"),
    Row(method: "HEAD", status: .ok, framing: .length(2), body: "hi", wire: "Content-Length: 2\r\n\r\n"),
    Row(method: "HEAD", status: .ok, framing: .length(2), wire: "Content-Length: 2\r\n\r\n"),
    Row(
      method: "HEAD", status: .ok, framing: .chunked, body: "hi", wire: "Transfer-Encoding: chunked\r\n\r\n"),
    Row(method: "HEAD", status: .notModified, framing: .none, wire: "\r\n"),
    // RFC 9112 section 6.1: no Transfer-Encoding to HTTP/1.0; section 6.3 rule 8: the end of the connection
    // ends it.
    Row(
      version: "1.0", status: .ok, framing: .length(2), body: "hi",
      wire: "Content-Length: 2\r\nConnection: keep-alive\r\n\r\nhi"),
    Row(
      version: "1.0", status: .ok, framing: .chunked, body: "hi", wire: "Connection: close\r\n\r\nhi",
      persists: false),
    Row(version: "1.0", status: .noContent, framing: .chunked, wire: "Connection: keep-alive\r\n\r\n"),
    Row(
      method: "HEAD", version: "1.0", status: .ok, framing: .chunked, wire: "Connection: keep-alive\r\n\r\n"),
  ]

  @Test(arguments: rows, [false, true])
  func theBodyIsFramedAsStatusMethodAndVersionAllow(_ row: Row, _ isShared: Bool) throws {
    var connection = try connection(afterReceiving: Self.request(row.method, row.version))
    try connection.send(ResponseHead(row.status), row.framing)
    if isShared {
      try connection.send(content: OutputQueue(SharedBytes(bytes(row.body))))
    } else {
      try connection.send(body: bytes(row.body).span)
    }
    try connection.finish()
    let output = takeOutput(&connection)
    #expect(output == "HTTP/1.1 \(row.status.code) \(String(decoding: [UInt8](row.status.reason), as: UTF8.self))\r\n" + row.wire)
    #expect(connection.mustClose == !row.persists)
  }

  @Test func chunksAreCountedInHexadecimalAndEmptyOnesLeftOut() throws {
    var connection = try connection(afterReceiving: Self.request())
    try connection.send(ResponseHead(.ok), .chunked)
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 0x1AF)
    try connection.send(content: OutputQueue(SharedBytes(long)))
    try connection.send(body: bytes("").span)
    try connection.send(content: OutputQueue([]))
    try connection.send(body: bytes("0123456789").span)
    try connection.finish()
    let body = takeOutput(&connection).split(separator: "\r\n\r\n", maxSplits: 1)[1]
    #expect(body == "1af\r\n\(text(long))\r\na\r\n0123456789\r\n0\r\n\r\n")
  }

  @Test func aBodyThatGetsTooLongEndsTheConnection() throws {
    var connection = try connection(afterReceiving: Self.request() + Self.request())
    try connection.send(ResponseHead(.ok), .length(3))
    try connection.send(body: bytes("ab").span)
    #expect(throws: LocalProtocolError.bodyLengthMismatch) { try connection.send(body: bytes("cd").span) }
    #expect(connection.mustClose)
    #expect(takeOutput(&connection) == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")
    #expect(throws: LocalProtocolError.wrongState) { try connection.finish() }
    guard case .closed = try connection.nextEvent() else { throw NotARequest() }
  }

  @Test func aBodyThatStaysTooShortEndsTheConnection() throws {
    var connection = try connection(afterReceiving: Self.request())
    try connection.send(ResponseHead(.ok), .length(3))
    try connection.send(content: OutputQueue(SharedBytes(bytes("ab"))))
    #expect(throws: LocalProtocolError.bodyLengthMismatch) { try connection.finish() }
    #expect(connection.mustClose)
    #expect(takeOutput(&connection).hasSuffix("\r\n\r\nab"))
  }

  @Test func aNegativeLengthIsRefusedAndNothingSent() throws {
    var connection = try connection(afterReceiving: Self.request())
    #expect(throws: LocalProtocolError.bodyLengthMismatch) {
      try connection.send(ResponseHead(.ok), .length(-1))
    }
    #expect(connection.pendingOutput == 0)
    try connection.send(ResponseHead(.ok), .none)
  }

  @Test func aCallOutOfTurnIsRefusedAndNothingSent() throws {
    var connection = HTTPConnection()
    #expect(throws: LocalProtocolError.wrongState) { try connection.send(ResponseHead(.ok), .none) }
    #expect(throws: LocalProtocolError.wrongState) { try connection.send(body: bytes("x").span) }
    #expect(throws: LocalProtocolError.wrongState) { try connection.finish() }
    #expect(throws: LocalProtocolError.wrongState) { try connection.startNextCycle() }
    connection = try HTTPCoreTests.connection(afterReceiving: Self.request())
    #expect(throws: LocalProtocolError.wrongState) { try connection.finish() }
    #expect(throws: LocalProtocolError.wrongState) { try connection.send(ResponseHead(.continue), .none) }
    #expect(throws: LocalProtocolError.wrongState) {
      try connection.send(ResponseHead(.switchingProtocols), .length(1))
    }
    try connection.send(ResponseHead(.ok), .none)
    #expect(throws: LocalProtocolError.wrongState) { try connection.send(ResponseHead(.ok), .none) }
    #expect(takeOutput(&connection) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
  }

  @Test func protocolsAreNotSwitchedInTheMiddleOfABody() throws {
    var connection = try connection(afterReceiving: FramingTests.post("Content-Length: 5", "he"))
    #expect(throws: LocalProtocolError.wrongState) {
      try connection.send(ResponseHead(.switchingProtocols), .none)
    }
    #expect(connection.pendingOutput == 0)
  }

  @Test func fieldsAreKeptInWireForm() {
    var head = ResponseHead(.ok)
    head.add("Content-Type", "text/html; charset=utf-8")
    head.add("ETag", bytes("\"\u{E9}\t1\"").span)
    head.add("Retry-After", decimal: .max)
    #expect(
      text(head.fields)
        == "Content-Type: text/html; charset=utf-8\r\nETag: \"\u{E9}\t1\"\r\n"
        + "Retry-After: 18446744073709551615\r\n"
    )
  }

  /// RFC 9110 section 5.5.
  @Test func noValueCanBreakTheHead() {
    for byte in UInt8.min ... .max {
      var head = ResponseHead(.seeOther)
      let wasAdded = head.add("Location", [0x2F, byte, 0x61].span)
      #expect(wasAdded == (byte == 0x09 || byte >= 0x20 && byte != 0x7F))
      #expect(head.fields.isEmpty == !wasAdded)
    }
    var head = ResponseHead(.ok)
    let wasAdded = head.add("X", "a\r\nSet-Cookie: b")
    #expect(!wasAdded)
    #expect(head.fields.isEmpty)
  }

  @Test func framingFieldsAreTheConnectionsOwn() {
    var head = ResponseHead(.ok)
    let results = [
      head.add("content-length", "5"), head.add("Content-Length", decimal: 5),
      head.add("Transfer-Encoding", [0x61].span),
    ]
    #expect(results == [false, false, false])
    #expect(head.fields.isEmpty)
  }

  @Test(arguments: [1, 3, 1000])
  func theTransportTakesAsMuchAsItLikes(_ atMost: Int) throws {
    var connection = try connection(afterReceiving: Self.request())
    try connection.send(ResponseHead(.ok), .chunked)
    try connection.send(body: bytes("copied").span)
    try connection.send(content: OutputQueue(SharedBytes(bytes("shared"))))
    try connection.finish()
    let expected =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ncopied\r\n6\r\nshared\r\n0\r\n\r\n"
    #expect(connection.pendingOutput == expected.utf8.count)
    var taken: [UInt8] = []
    while connection.pendingOutput > 0 {
      connection.writeOutput { span in
        let count = min(atMost, span.count)
        taken += array(span.extracting(first: count))
        return count
      }
    }
    #expect(text(taken) == expected)
  }
}
