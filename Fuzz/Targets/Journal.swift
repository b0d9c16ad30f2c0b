// SPDX-License-Identifier: MIT

// The program that the fuzzed server runs: a few routes, and an endpoint whose clients command the hub. States
// and messages are numbered, so that a reader sees order and loss.

import Bytes
import DeviceServer
import HTTPCore
import WebSocketCore

/// The context of the handlers: what they were told, and whether it made sense.
struct Journal {
  /// The largest body, and room for a head.
  static let largestResponse = 1500 + 1000
  static let largestMessage = 4080 + 20
  /// Pongs that may wait, a ping and a Close.
  static let largestControls = 20 * 127

  /// Who is connected, by the number of the connection.
  private(set) var clients: [Int: ClientID] = [:]
  private(set) var stateNumber = 0
  /// What the handlers saw and should not have seen.
  private(set) var broken: BrokenInvariant?
  private var messageNumber = 0
  private var everyone: [ClientID] = []

  static func makeRouter() -> (Router<Journal>, WebSocketEndpoint) {
    var router = Router<Journal>()
    let endpoint = router.webSocket("/ws") { journal, hub, event in journal.handle(event, &hub) }
    router.get("/") { _, _, response in response.send("hello") }
    router.get("/large") { _, _, response in response.body = [UInt8](repeating: 1, count: 1500) }
    router.on(.put, "/") { _, request, response in response.body = Array("body ".utf8) + [UInt8](request.body) }
    router.get("/status/:code") { _, request, response in
      guard let code = request.parameter("code")?.decimalValue else { return }
      response.status = HTTPStatus(UInt16(clamping: code)) ?? .badRequest
    }
    router.get("/elsewhere") { _, _, response in response.redirect(to: "/") }
    router.onRefusal { journal, refusal in
      var line: [UInt8] = []
      refusal.append(to: &line)
      journal.expect(isPrintable(line), "a refusal is one line of a log")
    }
    router.onAccess { _, request, _, response in
      guard request.head.authorization == .malformed else { return .granted(.everybody) }
      response.status = .unauthorized
      return .answered
    }
    router.onTemplate { _, _, _, value in
      value += Array("value".utf8)
      return .text
    }
    router.assets = AssetTable([
      StaticAsset(
        path: Array("/asset".utf8), bytes: [UInt8](repeating: 2, count: 400), gzipped: [1, 2, 3],
        entityTag: Array("tag".utf8)),
      StaticAsset(path: Array("/page.html".utf8), bytes: Array("<p>%NAME%</p>".utf8), isTemplate: true),
    ])
    return (router, endpoint)
  }

  private mutating func expect(_ condition: Bool, _ invariant: String) {
    if !condition, broken == nil { broken = BrokenInvariant(description: invariant) }
  }

  private mutating func handle(_ event: borrowing WebSocketEvent, _ hub: inout WebSocketHub) {
    switch event {
    case .connect(let client, let remote):
      expect(hub.contains(client) && clients[Int(remote.port)] == nil, "a client comes once")
      clients[Int(remote.port)] = client
      everyone.append(client)
    case .disconnect(let client, _, let reason):
      let number = clients.first { $0.value == client }?.key
      expect(number != nil && !hub.contains(client), "who goes was there")
      expect(String(validating: [UInt8](reason), as: UTF8.self) != nil, "a reason is UTF-8")
      if let number { clients[number] = nil }
      hub.textAll(message(size: 10).span)
    case .text(let client, let payload):
      expect(clients.values.contains(client), "who speaks is there")
      expect(String(validating: [UInt8](payload), as: UTF8.self) != nil, "text is UTF-8")
      obey([UInt8](payload), from: client, &hub)
    case .binary(let client, let payload):
      expect(clients.values.contains(client), "who speaks is there")
      hub.binary(payload, to: client)
    case .pong(let client, _), .error(let client, _):
      expect(clients.values.contains(client), "who is heard of is there")
    }
  }

  /// The first letter of a text is a command.
  private mutating func obey(_ words: [UInt8], from client: ClientID, _ hub: inout WebSocketHub) {
    switch words.first {
    case UInt8(ascii: "e"): hub.text(words.span, to: client)
    case UInt8(ascii: "a"): hub.textAll(message(size: 50).span)
    case UInt8(ascii: "s"): publish(&hub, size: 50)
    case UInt8(ascii: "c"): hub.close(client, .normalClosure, reason: "as you wish")
    case UInt8(ascii: "k"): hub.cleanupClients(max: 1)
    case UInt8(ascii: "x"): hub.closeAll(.goingAway)
    case UInt8(ascii: "p"): hub.pingAll()
    case UInt8(ascii: "z"): hub.snapshot(state(size: 20).span, to: client)
    default: break
    }
  }

  /// What the owner of the server may do with a hub at any time.
  mutating func use(_ hub: inout WebSocketHub, kind: Int, size: Int) {
    switch kind % 10 {
    case 0, 1: publish(&hub, size: size)
    case 2: hub.textAll(message(size: size).span)
    case 3: hub.binaryAll([UInt8](repeating: 3, count: size).span)
    case 4: hub.pingAll([UInt8](repeating: 4, count: size % 130).span)
    case 5: hub.cleanupClients(max: size % 3)
    case 6: hub.closeAll(.goingAway, reason: "closing")
    default:
      guard !everyone.isEmpty else { return }
      let client = everyone[size % everyone.count]  // or one that was
      switch kind % 10 {
      case 7: hub.text(message(size: size).span, to: client)
      case 8: hub.snapshot(state(size: size).span, to: client)
      default: hub.close(client, .policyViolation)
      }
    }
  }

  private mutating func publish(_ hub: inout WebSocketHub, size: Int) {
    stateNumber += 1
    hub.publishState(state(size: size).span)
  }

  /// `s` and a number, then a point for each byte of `size`.
  private func state(size: Int) -> [UInt8] {
    Array("s\(stateNumber)".utf8) + [UInt8](repeating: UInt8(ascii: "."), count: size)
  }

  /// `m` and a number.
  private mutating func message(size: Int) -> [UInt8] {
    messageNumber += 1
    return Array("m\(messageNumber)".utf8) + [UInt8](repeating: UInt8(ascii: "."), count: size)
  }
}
