// SPDX-License-Identifier: MIT

// The first line of a request (RFC 9112 section 3) and what may stand before it (section 2.2).

import ConformanceSupport
import HTTPCore
import Testing

@Suite struct RequestLineTests {
  static let rest = "\r\nHost: a\r\n\r\n"

  static let vectors: [RequestVector] = [
    .init(
      "origin-form", "RFC 9112 3.2.1", "GET /where?q=now HTTP/1.1\r\nHost: www.example.org\r\n\r\n",
      .accepted()),
    .init(
      "absolute-form", "RFC 9112 3.2.2",
      "GET http://www.example.org/pub/WWW/TheProject.html HTTP/1.1\r\nHost: www.example.org\r\n\r\n",
      .accepted()),
    .init(
      "absolute-form of https", "RFC 9110 7.4", "GET HTTPS://a:8443 HTTP/1.1\(rest)",
      .refused(.misdirectedRequest, 421)),
    .init(
      "asterisk-form", "RFC 9112 3.2.4", "OPTIONS * HTTP/1.1\r\nHost: www.example.org:8001\r\n\r\n",
      .accepted()),
    .init(
      "authority-form", "RFC 9112 3.2.3",
      "CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com\r\n\r\n",
      .refused(.unsupportedMethod, 501)),
    .init(
      "authority-form without a port", "RFC 9110 9.3.6", "CONNECT 127.0.0.1 HTTP/1.1\(rest)",
      .refused(.malformedTarget, 400)),
    .init(
      "CONNECT to a path", "RFC 9112 3.2.3", "CONNECT / HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init(
      "asterisk without OPTIONS", "RFC 9112 3.2.4", "GET * HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init("one empty line before", "RFC 9112 2.2", "\r\nGET / HTTP/1.1\(rest)", .accepted()),
    .init(
      "two empty lines before", "RFC 9112 2.2", "\r\n\r\nGET / HTTP/1.1\(rest)",
      .refused(.malformedRequestLine, 400)),
    .init("bare LF before", "RFC 9112 2.2", "\nGET / HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("space before", "RFC 9112 3", " GET / HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("unknown method", "RFC 9110 9.1", "BREW /pot HTTP/1.1\(rest)", .accepted()),
    .init("lower-case method is unknown, not GET", "RFC 9110 9.1", "get / HTTP/1.1\(rest)", .accepted()),
    .init(
      "method not a token", "RFC 9110 9.1", "GE(T / HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("no method", "RFC 9112 3", "/ HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("two spaces", "RFC 9112 3", "GET  / HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("two spaces later", "RFC 9112 3", "GET /  HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("tab for space", "RFC 9112 3", "GET\t/ HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("space at the end", "RFC 9112 3", "GET / HTTP/1.1 \(rest)", .refused(.malformedRequestLine, 400)),
    .init(
      "space in the target", "RFC 9112 3.2", "GET /a b HTTP/1.1\(rest)",
      .refused(.malformedRequestLine, 400)),
    .init("no target", "RFC 9112 3", "GET HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("HTTP/0.9", "RFC 9112 3", "GET /\r\n", .refused(.malformedRequestLine, 400)),
    .init("later minor version", "RFC 9110 2.5", "GET / HTTP/1.2\(rest)", .accepted()),
    .init(
      "later major version", "RFC 9110 15.6.6", "GET / HTTP/2.0\(rest)", .refused(.unsupportedVersion, 505)),
    .init(
      "HTTP/2 preface", "RFC 9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .refused(.unsupportedVersion, 505)
    ),
    .init(
      "version in lower case", "RFC 9112 2.3", "GET / http/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("two digits", "RFC 9112 2.3", "GET / HTTP/1.10\(rest)", .refused(.malformedRequestLine, 400)),
    .init("no minor version", "RFC 9112 2.3", "GET / HTTP/1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("comma for point", "RFC 9112 2.3", "GET / HTTP/1,1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("other protocol", "RFC 9112 2.3", "GET / HTTPS/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init("bare LF", "RFC 9112 2.2", "GET / HTTP/1.1\nHost: a\r\n\r\n", .refused(.malformedRequestLine, 400)),
    .init("bare CR", "RFC 9112 2.2", "GET / HTTP/1.1\rHost: a\r\n\r\n", .refused(.malformedRequestLine, 400)),
    .init(
      "CR CR LF", "RFC 9112 2.2", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
      .refused(.malformedRequestLine, 400)),
    .init(
      "NUL in the target", "RFC 9112 3.2", "GET /\0 HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)),
    .init(
      "DEL in the target", "RFC 9112 3.2", "GET /\u{7F} HTTP/1.1\(rest)", .refused(.malformedRequestLine, 400)
    ),
    .init(
      "UTF-8 in the target", "RFC 9112 3.2", "GET /\u{E9} HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init("fragment", "RFC 9110 7.1", "GET /a#b HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init("angle bracket", "RFC 9112 3.2", "GET /<a HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init("quotation mark", "RFC 9112 3.2", "GET /?\" HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init("what browsers send in a query", "URL Standard 4.4", "GET /?{|}[]^`\\ HTTP/1.1\(rest)", .accepted()),
    .init("relative path", "RFC 9112 3.2", "GET a/b HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init("only a query", "RFC 9112 3.2", "GET ?a HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init("other scheme", "RFC 9112 3.2.2", "GET ftp://a/ HTTP/1.1\(rest)", .refused(.malformedTarget, 400)),
    .init(
      "scheme without authority", "RFC 9110 4.2.1", "GET http:/a HTTP/1.1\(rest)",
      .refused(.malformedTarget, 400)),
    .init(
      "empty authority", "RFC 9110 4.2.1", "GET http:///a HTTP/1.1\(rest)", .refused(.malformedHost, 400)),
    .init(
      "user information", "RFC 9110 4.2.4", "GET http://u:p@a/ HTTP/1.1\(rest)", .refused(.malformedHost, 400)
    ),
    .init("a TLS greeting", "RFC 8446 5.1", "\u{16}\u{03}\u{01}", .refused(.malformedRequestLine, 400)),
  ]

  @Test(arguments: vectors, Delivery.allCases)
  func everyRequestLineIsJudgedByItsClause(_ vector: RequestVector, _ delivery: Delivery) throws {
    try vector.check(delivery)
  }
}
