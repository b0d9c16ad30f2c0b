// SPDX-License-Identifier: MIT

// Field lines (RFC 9112 section 5) and Host (RFC 9112 section 3.2, RFC 9110 section 7.2).

import ConformanceSupport
import HTTPCore
import Testing

@Suite struct FieldTests {
  static func request(_ fields: String) -> String { "GET / HTTP/1.1\r\n\(fields)\r\n\r\n" }

  static let lines: [RequestVector] = [
    .init(
      "the example of RFC 9110", "RFC 9110 3.9",
      "GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\n"
        + "Accept-Language: en, mi\r\n\r\n",
      .accepted()),
    .init("no space after the colon", "RFC 9112 5", request("Host:a\r\nX:1"), .accepted()),
    .init("much space around the value", "RFC 9112 5", request("Host: \t a \t \r\nX:  1 2  "), .accepted()),
    .init("empty value", "RFC 9110 5.5", request("Host: a\r\nX:"), .accepted()),
    .init(
      "bytes beyond ASCII in a value", "RFC 9110 5.5", request("Host: a\r\nX: \u{E9}\u{20AC}"), .accepted()),
    .init(
      "every character of a token", "RFC 9110 5.6.2", request("Host: a\r\n!#$%&'*+-.^_`|~09azAZ: 1"),
      .accepted()),
    .init("tab in a value", "RFC 9110 5.5", request("Host: a\r\nX: 1\t2"), .accepted()),
    .init("space before the colon", "RFC 9112 5.1", request("Host : a"), .refused(.malformedField, 400)),
    .init("tab before the colon", "RFC 9112 5.1", request("Host\t: a"), .refused(.malformedField, 400)),
    .init("space in the name", "RFC 9110 5.1", request("Host: a\r\nX Y: 1"), .refused(.malformedField, 400)),
    .init("no name", "RFC 9110 5.1", request("Host: a\r\n: 1"), .refused(.malformedField, 400)),
    .init("no colon", "RFC 9112 5", request("Host: a\r\nX"), .refused(.malformedField, 400)),
    .init(
      "UTF-8 in the name", "RFC 9110 5.1", request("Host: a\r\n\u{E9}: 1"), .refused(.malformedField, 400)),
    .init(
      "folded line", "RFC 9112 5.2", request("Host: a\r\nX: 1\r\n 2"), .refused(.obsoleteLineFolding, 400)),
    .init(
      "line folded by a tab", "RFC 9112 5.2", request("Host: a\r\n\tX: 1"),
      .refused(.obsoleteLineFolding, 400)),
    .init(
      "fold of nothing", "RFC 9112 5.2", request("Host: a\r\n \r\nX: 1"),
      .refused(.obsoleteLineFolding, 400)),
    .init(
      "space before the first field", "RFC 9112 2.2", request(" Host: a"), .refused(.malformedField, 400)),
    .init("NUL in a value", "RFC 9110 5.5", request("Host: a\r\nX: 1\0"), .refused(.malformedField, 400)),
    .init(
      "control character in a value", "RFC 9110 5.5", request("Host: a\r\nX: \u{8}"),
      .refused(.malformedField, 400)),
    .init("DEL in a value", "RFC 9110 5.5", request("Host: a\r\nX: \u{7F}"), .refused(.malformedField, 400)),
    .init(
      "bare CR in a value", "RFC 9112 2.2", request("Host: a\r\nX: 1\rY: 2"), .refused(.malformedField, 400)),
    .init("bare LF after a value", "RFC 9112 2.2", request("Host: a\nX: 1"), .refused(.malformedField, 400)),
    .init(
      "bare LF for the empty line", "RFC 9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\n\n",
      .refused(.malformedField, 400)),
    .init(
      "CR CR LF for the empty line", "RFC 9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n",
      .refused(.malformedField, 400)),
    .init(
      "stream ends in the head", "RFC 9112 8", "GET / HTTP/1.1\r\nHost: a\r\n",
      .refused(.truncatedMessage, 400),
      endsStream: true),
    .init(
      "stream ends in the first line", "RFC 9112 8", "GE", .refused(.truncatedMessage, 400),
      endsStream: true),
  ]

  static let hosts: [RequestVector] = [
    .init("none", "RFC 9112 3.2", request("X: 1"), .refused(.missingHost, 400)),
    .init("two", "RFC 9112 3.2", request("Host: a\r\nHost: b"), .refused(.duplicateHost, 400)),
    .init("two equal ones", "RFC 9112 3.2", request("Host: a\r\nhost: a"), .refused(.duplicateHost, 400)),
    .init("empty", "RFC 9110 4.2.1", request("Host:"), .refused(.malformedHost, 400)),
    .init("name and port", "RFC 9110 7.2", request("Host: heliograph.local:8080"), .accepted()),
    .init("empty port", "RFC 3986 3.2.3", request("Host: a:"), .accepted()),
    .init("IPv4", "RFC 3986 3.2.2", request("Host: 192.168.4.1"), .accepted()),
    .init("IPv6", "RFC 3986 3.2.2", request("Host: [2001:db8::7]"), .accepted()),
    .init("IPv6 and port", "RFC 3986 3.2.2", request("Host: [::ffff:192.0.2.1]:80"), .accepted()),
    .init("percent-encoded", "RFC 3986 3.2.2", request("Host: a%C3%A9"), .accepted()),
    .init("broken percent-encoding", "RFC 3986 2.1", request("Host: a%G0"), .refused(.malformedHost, 400)),
    .init("cut percent-encoding", "RFC 3986 2.1", request("Host: a%4"), .refused(.malformedHost, 400)),
    .init("port not a number", "RFC 3986 3.2.3", request("Host: a:8o"), .refused(.malformedHost, 400)),
    .init("port too large", "RFC 9293 3.1", request("Host: a:65536"), .refused(.malformedHost, 400)),
    .init("largest port", "RFC 9293 3.1", request("Host: a:65535"), .accepted()),
    .init("two ports", "RFC 3986 3.2.3", request("Host: a:1:2"), .refused(.malformedHost, 400)),
    .init("only a port", "RFC 9110 4.2.1", request("Host: :80"), .refused(.malformedHost, 400)),
    .init("bracket not closed", "RFC 3986 3.2.2", request("Host: [::1"), .refused(.malformedHost, 400)),
    .init("brackets around nothing", "RFC 3986 3.2.2", request("Host: []"), .refused(.malformedHost, 400)),
    .init("name in brackets", "RFC 3986 3.2.2", request("Host: [xyz]"), .refused(.malformedHost, 400)),
    .init(
      "text behind the bracket", "RFC 3986 3.2.2", request("Host: [::1]x"), .refused(.malformedHost, 400)),
    .init("a path", "RFC 9110 7.2", request("Host: a/b"), .refused(.malformedHost, 400)),
    .init("user information", "RFC 9110 7.2", request("Host: u@a"), .refused(.malformedHost, 400)),
    .init("a list", "RFC 9110 7.2", request("Host: a, b"), .refused(.malformedHost, 400)),
    .init(
      "none beside an absolute target", "RFC 9112 3.2", "GET http://a/ HTTP/1.1\r\n\r\n",
      .refused(.missingHost, 400)),
    .init("none in HTTP/1.0", "RFC 9112 3.2", "GET / HTTP/1.0\r\n\r\n", .accepted(survives: false)),
    .init(
      "two in HTTP/1.0", "RFC 9112 3.2", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
      .refused(.duplicateHost, 400)),
  ]

  @Test(arguments: lines, Delivery.allCases)
  func everyFieldLineIsJudgedByItsClause(_ vector: RequestVector, _ delivery: Delivery) throws {
    try vector.check(delivery)
  }

  @Test(arguments: hosts, Delivery.allCases)
  func everyHostIsJudgedByItsClause(_ vector: RequestVector, _ delivery: Delivery) throws {
    try vector.check(delivery)
  }
}
