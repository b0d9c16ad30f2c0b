// SPDX-License-Identifier: MIT

// Where a request ends (RFC 9112 section 6): the shapes by which requests are smuggled past two recipients
// that read them differently (section 11.2), each with the clause that refuses it, beside the shapes that are
// sound.

import ConformanceSupport
import HTTPCore
import Testing

@Suite struct FramingTests {
  static func post(_ fields: String, _ body: String = "", version: String = "1.1") -> String {
    "POST / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
  }

  static let vectors: [RequestVector] = [
    .init("a length", "RFC 9112 6.2", post("Content-Length: 5", "hello"), .accepted(), body: "hello"),
    .init("a length of zero", "RFC 9112 6.2", post("Content-Length: 0"), .accepted(), body: ""),
    .init("zeros before", "RFC 9110 8.6", post("Content-Length: 0005", "hello"), .accepted(), body: "hello"),
    .init("no length, no body", "RFC 9112 6.3 rule 7", post("X: 1"), .accepted(), body: ""),
    .init(
      "a body with GET", "RFC 9110 9.3.1", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
      .accepted(), body: "hi"),
    .init(
      "a body that looks like a request", "RFC 9112 6.2",
      post("Content-Length: 18", "GET / HTTP/1.1\r\n\r\n"), .accepted(), body: "GET / HTTP/1.1\r\n\r\n"),
    .init(
      "two lengths", "RFC 9112 6.3 rule 5", post("Content-Length: 5\r\nContent-Length: 6", "hello!"),
      .refused(.conflictingFraming, 400)),
    .init(
      "two equal lengths", "RFC 9110 8.6", post("Content-Length: 5\r\nContent-Length: 5", "hello"),
      .refused(.conflictingFraming, 400)),
    .init(
      "a list of lengths", "RFC 9110 8.6", post("Content-Length: 5, 5", "hello"),
      .refused(.malformedContentLength, 400)),
    .init(
      "a positive length", "RFC 9110 8.6", post("Content-Length: +5", "hello"),
      .refused(.malformedContentLength, 400)),
    .init(
      "a negative length", "RFC 9110 8.6", post("Content-Length: -5", "hello"),
      .refused(.malformedContentLength, 400)),
    .init(
      "two numbers", "RFC 9110 8.6", post("Content-Length: 5 5", "hello"),
      .refused(.malformedContentLength, 400)),
    .init(
      "a hexadecimal length", "RFC 9110 8.6", post("Content-Length: 0x5", "hello"),
      .refused(.malformedContentLength, 400)),
    .init(
      "an empty length", "RFC 9110 8.6", post("Content-Length: "), .refused(.malformedContentLength, 400)),
    .init(
      "a fraction", "RFC 9110 8.6", post("Content-Length: 5.0", "hello"),
      .refused(.malformedContentLength, 400)),
    .init(
      "digits of another script", "RFC 9110 8.6", post("Content-Length: \u{0665}", "hello"),
      .refused(.malformedContentLength, 400)),
    .init(
      "a length of more than 64 bits", "RFC 9110 8.6", post("Content-Length: 18446744073709551621", "hello"),
      .refused(.bodyTooLarge, 413)),
    .init(
      "the largest length of 64 bits", "RFC 9110 8.6", post("Content-Length: 18446744073709551615"),
      .refused(.bodyTooLarge, 413)),
    .init(
      "length and chunked", "RFC 9112 6.3 rule 3",
      post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), .refused(.conflictingFraming, 400)
    ),
    .init(
      "chunked and length", "RFC 9112 6.3 rule 3",
      post("Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\n"), .refused(.conflictingFraming, 400)
    ),
    .init(
      "length and a coding that is none", "RFC 9112 6.3 rule 3",
      post("Content-Length: 4\r\nTransfer-Encoding: x", "0\r\n\r\n"), .refused(.conflictingFraming, 400)),
    .init(
      "chunked", "RFC 9112 7.1", post("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"), .accepted(),
      body: "hello"),
    .init(
      "chunked in another case", "RFC 9112 7", post("transfer-ENCODING: Chunked", "5\r\nhello\r\n0\r\n\r\n"),
      .accepted(), body: "hello"),
    .init(
      "a coding before chunked", "RFC 9112 6.1", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
      .refused(.unsupportedTransferCoding, 501)),
    .init(
      "three codings", "RFC 9112 6.1", post("Transfer-Encoding: a ,b,\tchunked", "0\r\n\r\n"),
      .refused(.unsupportedTransferCoding, 501)),
    .init(
      "chunked before a coding", "RFC 9112 6.3 rule 4", post("Transfer-Encoding: chunked, gzip"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "only another coding", "RFC 9112 6.3 rule 4", post("Transfer-Encoding: gzip"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "identity", "RFC 9112 6.3 rule 4", post("Transfer-Encoding: identity"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "chunked twice", "RFC 9112 7.1", post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "chunked in two lines", "RFC 9112 7.1",
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "chunked beside identity", "RFC 9112 6.3 rule 4",
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "chunked twice around a coding", "RFC 9112 7.1", post("Transfer-Encoding: chunked, a, chunked"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "nearly chunked", "RFC 9112 6.3 rule 4", post("Transfer-Encoding: xchunked"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "chunked in quotes", "RFC 9112 6.3 rule 4", post("Transfer-Encoding: \"chunked\""),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "chunked behind a vertical tab", "RFC 9110 5.5", post("Transfer-Encoding: \u{B}chunked"),
      .refused(.malformedField, 400)),
    .init(
      "a list with nothing before chunked", "RFC 9110 5.6.1.2",
      post("Transfer-Encoding: , ,chunked", "5\r\nhello\r\n0\r\n\r\n"), .accepted(), body: "hello"),
    .init(
      "a list with nothing behind chunked", "RFC 9110 5.6.1.2",
      post("Transfer-Encoding: chunked ,", "5\r\nhello\r\n0\r\n\r\n"), .accepted(), body: "hello"),
    .init(
      "a list with nothing in it", "RFC 9112 6.3 rule 4", post("Transfer-Encoding: ,"),
      .refused(.malformedTransferCoding, 400)),
    .init(
      "a coding and chunked in two lines", "RFC 9112 6.1",
      post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
      .refused(.unsupportedTransferCoding, 501)),
    .init(
      "empty coding", "RFC 9112 6.1", post("Transfer-Encoding:"), .refused(.malformedTransferCoding, 400)),
    .init(
      "space before the colon", "RFC 9112 5.1", post("Transfer-Encoding : chunked", "0\r\n\r\n"),
      .refused(.malformedField, 400)),
    .init(
      "chunked in a folded line", "RFC 9112 5.2", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
      .refused(.obsoleteLineFolding, 400)),
    .init(
      "chunked in HTTP/1.0", "RFC 9112 6.1", post("Transfer-Encoding: chunked", "0\r\n\r\n", version: "1.0"),
      .refused(.conflictingFraming, 400)),
    .init(
      "a length in HTTP/1.0", "RFC 9112 6.2", post("Content-Length: 2", "hi", version: "1.0"),
      .accepted(survives: false), body: "hi"),
    .init(
      "the stream ends in the body", "RFC 9112 8", post("Content-Length: 5", "hell"),
      .refused(.truncatedMessage, 400), endsStream: true),
    .init(
      "the stream ends behind the body", "RFC 9112 8", post("Content-Length: 5", "hello"), .accepted(),
      body: "hello", endsStream: true),
  ]

  @Test(arguments: vectors, Delivery.allCases)
  func everyFramingIsJudgedByItsClause(_ vector: RequestVector, _ delivery: Delivery) throws {
    try vector.check(delivery)
  }
}
