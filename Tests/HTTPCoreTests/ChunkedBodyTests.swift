// SPDX-License-Identifier: MIT

// Chunked bodies (RFC 9112 section 7.1): sizes, extensions, ends and trailers, in every way that they can be
// cut.

import ConformanceSupport
import HTTPCore
import Testing

@Suite struct ChunkedBodyTests {
  static func chunked(_ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
  }

  static func vector(_ name: String, _ clause: String, _ input: String, _ body: String) -> RequestVector {
    RequestVector(name, clause, chunked(input), .accepted(), body: body)
  }

  static func refused(
    _ name: String, _ clause: String, _ input: String, _ error: RemoteProtocolError = .malformedChunk
  ) -> RequestVector {
    RequestVector(name, clause, chunked(input), .refused(error, error.status.code))
  }

  static let vectors: [RequestVector] = [
    vector("nothing", "RFC 9112 7.1", "0\r\n\r\n", ""),
    vector("two chunks", "RFC 9112 7.1", "4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n", "Wikipedia"),
    vector(
      "hexadecimal of either case", "RFC 9112 7.1", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
      "01234567890123456789"),
    vector("zeros before", "RFC 9112 7.1", "0005\r\nhello\r\n000\r\n\r\n", "hello"),
    vector("CRLF in the data", "RFC 9112 7.1", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n"),
    vector("an extension", "RFC 9112 7.1.1", "5;ext=value\r\nhello\r\n0;last\r\n\r\n", "hello"),
    vector(
      "extensions with white space", "RFC 9112 7.1.1", "5 ; a\t=\t1 ;b;c= d\r\nhello\r\n0\r\n\r\n", "hello"),
    vector("a quoted value", "RFC 9110 5.6.4", "5;a=\"x;\\\"y\";b=\"\"\r\nhello\r\n0\r\n\r\n", "hello"),
    vector("trailers", "RFC 9112 7.1.2", "5\r\nhello\r\n0\r\nExpires: never\r\nX:\r\n\r\n", "hello"),
    vector("a trailer that would frame", "RFC 9110 6.5.1", "0\r\nContent-Length: 5\r\nHost: b\r\n\r\n", ""),
    refused("no size", "RFC 9112 7.1", "\r\nhello\r\n0\r\n\r\n"),
    refused("only an extension", "RFC 9112 7.1", ";a\r\nhello\r\n0\r\n\r\n"),
    refused("a sign", "RFC 9112 7.1", "+5\r\nhello\r\n0\r\n\r\n"),
    refused("a negative size", "RFC 9112 7.1", "-5\r\nhello\r\n0\r\n\r\n"),
    refused("a prefix", "RFC 9112 7.1", "0x5\r\nhello\r\n0\r\n\r\n"),
    refused("a digit that is none", "RFC 9112 7.1", "5g\r\nhello\r\n0\r\n\r\n"),
    refused("an underscore", "RFC 9112 7.1", "1_0\r\n0123456789abcdef\r\n0\r\n\r\n"),
    refused("space before", "RFC 9112 7.1", " 5\r\nhello\r\n0\r\n\r\n"),
    refused("space behind", "RFC 9112 7.1", "5 \r\nhello\r\n0\r\n\r\n"),
    refused("an extension without a name", "RFC 9112 7.1.1", "5;\r\nhello\r\n0\r\n\r\n"),
    refused("an extension without a value", "RFC 9112 7.1.1", "5;a=\r\nhello\r\n0\r\n\r\n"),
    refused("a quoted value without an end", "RFC 9110 5.6.4", "5;a=\"x\r\nhello\r\n0\r\n\r\n"),
    refused("a backslash at the end", "RFC 9110 5.6.4", "5;a=\"\\\r\nhello\r\n0\r\n\r\n"),
    refused("bare LF behind the size", "RFC 9112 2.2", "5\nhello\r\n0\r\n\r\n"),
    refused("bare LF in an extension", "RFC 9112 7.1.1", "5;a\nhello\r\n0\r\n\r\n"),
    refused("bare CR in an extension", "RFC 9112 7.1.1", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
    refused("NUL in an extension", "RFC 9112 7.1.1", "5;a\0\r\nhello\r\n0\r\n\r\n"),
    refused("data longer than the size", "RFC 9112 7.1", "5\r\nhello!\r\n0\r\n\r\n"),
    refused("data shorter than the size", "RFC 9112 7.1", "6\r\nhello\r\n0\r\n\r\n"),
    refused("bare LF behind the data", "RFC 9112 2.2", "5\r\nhello\n0\r\n\r\n"),
    refused("bare CR behind the data", "RFC 9112 2.2", "5\r\nhello\r0\r\n\r\n"),
    refused("a size of 64 bits", "RFC 9112 7.1", "FFFFFFFFFFFFFFFF\r\n", .bodyTooLarge),
    refused(
      "a size that wraps to 5", "RFC 9112 7.1", "10000000000000005\r\nhello\r\n0\r\n\r\n", .bodyTooLarge),
    refused("a folded trailer", "RFC 9112 5.2", "0\r\nX: 1\r\n 2\r\n\r\n", .obsoleteLineFolding),
    refused(
      "a trailer without a colon", "RFC 9112 5", "0\r\nGET /smuggled HTTP/1.1\r\n\r\n", .malformedField),
    refused("space before a trailer's colon", "RFC 9112 5.1", "0\r\nX : 1\r\n\r\n", .malformedField),
    refused("bare LF behind a trailer", "RFC 9112 2.2", "0\r\nX: 1\n\r\n", .malformedField),
    RequestVector(
      "the stream ends in a chunk", "RFC 9112 8", chunked("5\r\nhel"), .refused(.truncatedMessage, 400),
      endsStream: true),
    RequestVector(
      "the stream ends before the last chunk", "RFC 9112 8", chunked("5\r\nhello\r\n"),
      .refused(.truncatedMessage, 400), endsStream: true),
    RequestVector(
      "the stream ends in the trailers", "RFC 9112 8", chunked("0\r\nX: 1\r\n"),
      .refused(.truncatedMessage, 400), endsStream: true),
  ]

  @Test(arguments: vectors, Delivery.allCases)
  func everyChunkedBodyIsJudgedByItsClause(_ vector: RequestVector, _ delivery: Delivery) throws {
    try vector.check(delivery)
  }

  @Test func everyCutInTwoGivesTheSameBody() throws {
    let input = bytes(
      Self.chunked("4;a=\"b\" ; c\r\nWiki\r\n5\r\npedia\r\n0;z\r\nX: 1\r\nY: 2\r\n\r\n") + RequestVector.next)
    for cut in 0...input.count {
      var server = EchoServer()
      try server.receive(Array(input[..<cut]))
      try server.receive(Array(input[cut...]))
      try #require(server.errors.isEmpty, "cut at \(cut)")
      try #require(server.requests.map(\.target) == ["/", "/next"], "cut at \(cut)")
      try #require(text(server.requests[0].body) == "Wikipedia", "cut at \(cut)")
    }
  }

  /// A slow chunked body can be taken piece by piece; the pieces are not given twice.
  @Test func takenPartsOfABodyAreNotGivenAgain() throws {
    var connection = try connection(afterReceiving: Self.chunked("4\r\nWiki\r\n"))
    #expect(text(connection.takeBody()) == "Wiki")
    _ = connection.receive(bytes("5\r\npedia\r\n0\r\n\r\n").span)
    guard case .endOfMessage = try connection.nextEvent() else { throw NotARequest() }
    #expect(text(connection.takeBody()) == "pedia")
    #expect(connection.takeBody() == [])
  }
}
