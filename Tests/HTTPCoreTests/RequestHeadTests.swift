// SPDX-License-Identifier: MIT

// What a handler reads of a request. Foundation's URL parser, which is not ours, is asked about the same
// targets.

import ConformanceSupport
import Foundation
import HTTPCore
import Testing

@Suite struct RequestHeadTests {
  static let request = """
    PATCH /a%20b//c?x=%31&y=/?z HTTP/1.1\r
    host: Device.local:8080\r
    Accept: text/html,application/json;q=0.9\r
    X-Empty:\r
    accept:  */* \r
    Upgrade: h2c , WebSocket\r
    Content-Length: 3\r
    Expect: 100-continue\r
    \r

    """

  @Test func everyPartIsThere() throws {
    let head = try head(of: Self.request)
    #expect(head.method == .patch)
    #expect(head.version == .http11)
    #expect(string(head.methodToken) == "PATCH")
    #expect(string(head.target) == "/a%20b//c?x=%31&y=/?z")
    #expect(string(head.path) == "/a%20b//c")
    #expect(string(head.query) == "x=%31&y=/?z")
    #expect(string(head.host) == "Device.local:8080")
    #expect(head.contentLength == 3)
    #expect(!head.isChunked)
    #expect(head.expectsContinue)
  }

  @Test func fieldsAreFoundWithoutRegardToCase() throws {
    let head = try head(of: Self.request)
    #expect(string(head.field("HOST")) == "Device.local:8080")
    #expect(string(head.field("Accept")) == "text/html,application/json;q=0.9")
    #expect(string(head.field("X-Empty")) == "")
    #expect(string(head.field("X-Absent")) == nil)
    #expect(string(head.field("Hos")) == nil)
    #expect(head.fieldCount("ACCEPT") == 2)
    #expect(head.fieldCount("X-Absent") == 0)
  }

  @Test func aTokenIsFoundInEveryLineAndElementOfAList() throws {
    let head = try head(of: Self.request)
    #expect(head.field("upgrade", contains: "websocket"))
    #expect(head.field("Upgrade", contains: "H2C"))
    #expect(!head.field("Upgrade", contains: "socket"))
    #expect(!head.field("Upgrade", contains: "h2c , WebSocket"))
    #expect(head.field("Accept", contains: "*/*"))
    #expect(!head.field("X-Absent", contains: "a"))
  }

  @Test func fieldsAreListedInTheOrderOfArrival() throws {
    var names: [String] = []
    try head(of: Self.request).forEachField { name, value in names.append("\(string(name))=\(string(value))")
    }
    #expect(
      names.prefix(4) == [
        "host=Device.local:8080", "Accept=text/html,application/json;q=0.9", "X-Empty=", "accept=*/*",
      ])
    #expect(names.count == 7)
  }

  /// RFC 9112 section 3.2.2: the target's authority replaces Host.
  @Test func theHostOfAnAbsoluteTargetWins() throws {
    let head = try head(of: "GET http://real:81/p HTTP/1.1\r\nHost: other\r\n\r\n")
    #expect(string(head.host) == "real:81")
    #expect(string(head.path) == "/p")
    #expect(string(head.field("Host")) == "other")
  }

  @Test func aFieldLongerThan255BytesIsKeptWhole() throws {
    let name = "X" + String(repeating: "n", count: 700)
    let value = String(repeating: "v", count: 3000)
    var seen: [String] = []
    try head(of: "GET / HTTP/1.1\r\nHost: a\r\n\(name): \(value)\r\nY: 1\r\n\r\n")
      .forEachField { seen += [string($0), string($1)] }
    #expect(seen == ["Host", "a", name, value, "Y", "1"])
  }

  static let targets = [
    "/", "/index.html", "/a/b/../c", "/%2e%2e/x", "/a?b", "/?", "/?a=b&c=d", "/a?b?c", "/a;b=c?d=/e", "//a/b",
    "http://example.com", "http://example.com/", "http://example.com:8080/p?q", "http://example.com?q=/x",
    "http://[2001:db8::1]:443/p", "http://192.168.4.1/p/?", "HTTP://EXAMPLE.com/P",
  ]

  @Test(arguments: targets)
  func foundationFindsTheSamePartsInATarget(_ target: String) throws {
    let head = try head(of: "GET \(target) HTTP/1.1\r\nHost: fallback\r\n\r\n")
    // A target that begins with "/" is read against the Host; "//a" is a path here, as RFC 9112 section 3.2.1
    // says.
    let whole = target.hasPrefix("/") ? "http://fallback" + target : target
    let components = try #require(URLComponents(string: whole))
    #expect(
      string(head.path) == (components.percentEncodedPath.isEmpty ? "/" : components.percentEncodedPath))
    #expect(string(head.query) == components.percentEncodedQuery ?? "")
    let port = components.port.map { ":\($0)" } ?? ""
    #expect(string(head.host) == (components.encodedHost ?? "") + port)
  }

  @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"])
  func everyMethodKnowsItsToken(_ token: String) {
    let method = HTTPMethod(token: bytes(token).span)
    #expect(method != .other)
    #expect(string(method.token) == token)
    #expect(HTTPMethod(token: bytes(token.lowercased()).span) == .other)
    #expect(HTTPMethod(token: bytes(token + "X").span) == .other)
  }

  /// The registry of RFC 9110 section 15 has no code outside 100–599.
  @Test func statusesHaveThreeDigits() {
    #expect(HTTPStatus(99) == nil)
    #expect(HTTPStatus(600) == nil)
    #expect(HTTPStatus(404) == .notFound)
    #expect(HTTPStatus(299).map { $0.reason.isEmpty } == true)
  }
}
