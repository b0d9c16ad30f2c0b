// SPDX-License-Identifier: MIT

// The opening handshake: the example of RFC 6455 section 1.3, each rule of section 4.2.1 broken alone, and
// the first message in the same segment.

import ConformanceSupport
import HTTPCore
import Testing
import WebSocketCore

@Suite struct HandshakeTests {
  /// The request of section 1.2 with the key of section 1.3, as lines that a test may change.
  static let request: [(name: String, value: String)] = [
    ("Host", "server.example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", "http://example.com"),
    ("Sec-WebSocket-Protocol", "chat, superchat"), ("Sec-WebSocket-Version", "13"),
  ]

  /// A request line, and the request's fields with some replaced; several values make several lines, none
  /// removes.
  static func upgrade(_ line: String = "GET /chat HTTP/1.1", _ changes: [String: [String]] = [:]) -> [UInt8] {
    var text = line + "\r\n"
    for (name, value) in request {
      for value in changes[name] ?? [value] { text += "\(name): \(value)\r\n" }
    }
    for (name, values) in changes where !request.contains(where: { $0.name == name }) {
      for value in values { text += "\(name): \(value)\r\n" }
    }
    return bytes(text + "\r\n")
  }

  private func head(_ text: [UInt8]) throws -> RequestHead {
    var http = HTTPConnection()
    #expect(http.receive(text.span) == text.count)
    guard case .request(let head) = try http.nextEvent() else { throw NoRequest() }
    return head
  }

  struct NoRequest: Error {}

  @Test func theExampleOfTheRFCIsAnsweredAsItSays() throws {
    let response = try WebSocketHandshake.response(to: head(Self.upgrade()))
    #expect(response.status == .switchingProtocols)
    #expect(
      text(response.fields) == """
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n
        """)
  }

  static let allowed: [[String: [String]]] = [
    ["Upgrade": ["WebSocket"], "Connection": ["keep-alive, Upgrade"]],
    ["Upgrade": ["h2c, websocket"], "Connection": ["upgrade"]],
    ["Upgrade": ["h2c", "WEBSOCKET"], "Connection": ["keep-alive", "UPGRADE"]],
    ["Connection": ["keep-alive ,\tUpgrade , "], "Sec-WebSocket-Version": [" 13 "]],
    ["Sec-WebSocket-Extensions": ["permessage-deflate; client_max_window_bits"], "Content-Length": ["0"]],
    ["Origin": [], "Sec-WebSocket-Protocol": []],
  ]

  @Test(arguments: allowed)
  func whatTheRFCAllowsIsAccepted(changes: [String: [String]]) throws {
    let head = try head(Self.upgrade("GET /chat HTTP/1.1", changes))
    #expect(WebSocketHandshake.isRequested(by: head))
    let response = try WebSocketHandshake.response(to: head)
    #expect(text(response.fields).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
    #expect(!text(response.fields).contains("Sec-WebSocket-Protocol"))
    #expect(!text(response.fields).contains("Sec-WebSocket-Extensions"))
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    var name: String
    var line = "GET /chat HTTP/1.1"
    var changes: [String: [String]] = [:]
    var error: WebSocketHandshakeError
    var status: UInt16 = 400
    var fields = ""
    var testDescription: String { name }
  }

  static let upgradeFields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"

  static let refusals: [Refusal] =
    [
      Refusal(
        name: "POST", line: "POST /chat HTTP/1.1", error: .methodNotGet, status: 405, fields: "Allow: GET, OPTIONS\r\n"
      ),
      Refusal(
        name: "HEAD", line: "HEAD /chat HTTP/1.1", error: .methodNotGet, status: 405, fields: "Allow: GET, OPTIONS\r\n"
      ),
      Refusal(name: "HTTP/1.0", line: "GET /chat HTTP/1.0", error: .versionTooOld),
      Refusal(name: "a body", changes: ["Content-Length": ["5"]], error: .unexpectedBody),
      Refusal(name: "a chunked body", changes: ["Transfer-Encoding": ["chunked"]], error: .unexpectedBody),
      Refusal(
        name: "no Upgrade", changes: ["Upgrade": []], error: .upgradeMissing, status: 426,
        fields: upgradeFields),
      Refusal(
        name: "another Upgrade", changes: ["Upgrade": ["websocket2"]], error: .upgradeMissing, status: 426,
        fields: upgradeFields),
      Refusal(name: "no Connection", changes: ["Connection": []], error: .connectionUpgradeMissing),
      Refusal(
        name: "another Connection", changes: ["Connection": ["keep-alive, Upgrades"]],
        error: .connectionUpgradeMissing),
      Refusal(name: "no key", changes: ["Sec-WebSocket-Key": []], error: .keyMissing),
      Refusal(
        name: "two keys",
        changes: ["Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="]],
        error: .keyRepeated),
      Refusal(name: "an empty key", changes: ["Sec-WebSocket-Key": [""]], error: .keyMalformed),
      Refusal(
        name: "a key of 15 bytes", changes: ["Sec-WebSocket-Key": ["AAAAAAAAAAAAAAAAAAAA"]],
        error: .keyMalformed),
      Refusal(
        name: "a key of 17 bytes", changes: ["Sec-WebSocket-Key": ["AAAAAAAAAAAAAAAAAAAAAAA="]],
        error: .keyMalformed),
      Refusal(
        name: "a key without padding", changes: ["Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ"]],
        error: .keyMalformed),
      Refusal(
        name: "a key that is not base64", changes: ["Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25j!Q=="]],
        error: .keyMalformed),
      Refusal(
        name: "a list of keys", changes: ["Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ==, x"]],
        error: .keyMalformed),
      Refusal(
        name: "no version", changes: ["Sec-WebSocket-Version": []], error: .unsupportedVersion, status: 426,
        fields: upgradeFields),
    ]
    + ["8", "0", "14", "013", "13, 8", "+13", ""].map {
      Refusal(
        name: "version \($0)", changes: ["Sec-WebSocket-Version": [$0]], error: .unsupportedVersion,
        status: 426,
        fields: upgradeFields)
    } + [
      Refusal(
        name: "two versions", changes: ["Sec-WebSocket-Version": ["13", "8"]], error: .unsupportedVersion,
        status: 426,
        fields: upgradeFields),
      Refusal(
        name: "an old version with no key",
        changes: ["Sec-WebSocket-Version": ["8"], "Sec-WebSocket-Key": []],
        error: .unsupportedVersion, status: 426, fields: upgradeFields),
    ]

  @Test(arguments: refusals)
  func eachRuleBrokenAloneIsRefused(refusal: Refusal) throws {
    let head = try head(Self.upgrade(refusal.line, refusal.changes))
    #expect(throws: refusal.error) { try WebSocketHandshake.response(to: head) }
    #expect(refusal.error.status.code == refusal.status)
    var answer = ResponseHead(refusal.error.status)
    refusal.error.addFields(to: &answer)
    #expect(text(answer.fields) == refusal.fields)
  }

  @Test func aPlainRequestAsksForNoUpgrade() throws {
    #expect(!WebSocketHandshake.isRequested(by: try head(bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))))
    #expect(
      !WebSocketHandshake.isRequested(
        by: try head(bytes("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n"))))
  }

  /// All bytes in one segment, in every cut around the end of the head, and byte by byte.
  @Test func theFirstMessageMayComeWithTheHandshake() throws {
    let request = Self.upgrade()
    let stream = request + wire([.text("already here"), .ping(bytes("?"))])
    for cut in request.count - 2...stream.count {
      var http = HTTPConnection()
      var socket: Harness?
      for piece in [Array(stream[..<cut]), Array(stream[cut...])] {
        guard socket == nil else {
          socket?.receive(piece)
          continue
        }
        #expect(http.receive(piece.span) == piece.count)
        guard case .request(let head) = try http.nextEvent() else { continue }
        guard case .endOfMessage = try http.nextEvent() else { throw NoRequest() }
        try http.send(WebSocketHandshake.response(to: head), .none)
        socket = Harness()
        socket?.receive(http.takeTrailingData())
      }
      #expect(socket?.seen == [.text("already here"), .ping(bytes("?"))], "cut at \(cut)")
    }
  }
}
