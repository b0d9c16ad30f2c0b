// SPDX-License-Identifier: MIT

// A whole server, and a script of what happens to it: connections come, say sense and nonsense, stop reading, break;
// time passes; the owner calls the hub; the server shuts down. Whatever happens, in whatever order, the invariants of
// `ServerWorld` hold after each step, and in the end nothing is left of anybody.

import DeviceServer
import HTTPCore
import Timebase
import WebSocketCore

extension FuzzTarget {
  /// A script: a byte of settings, then steps of a few bytes each.
  static let server = FuzzTarget("server", longestInput: 512) { input throws(BrokenInvariant) in
    var script = Script(rest: input[...])
    let settings = script.number()
    var world = ServerWorld(
      limits: tightLimits(hasPings: settings & 1 == 0, hasOutbox: settings & 2 == 0), compresses: settings & 16 != 0,
      trusts: settings & 32 != 0)
    while !script.isEmpty { try script.play(in: &world) }
    try world.checkThatAllIsSaid()
    switch settings & 12 {
    case 0: try world.endByLeaving()
    case 4 where settings & 1 == 0: try world.endBySilence()
    default: try world.endByShutdown()
    }
  }

  /// Limits that a short script reaches.
  private static func tightLimits(hasPings: Bool, hasOutbox: Bool) -> ServerLimits {
    var limits = ServerLimits()
    limits.connections = 4
    limits.clients = 2
    limits.http.headSize = 512
    limits.http.targetSize = 128
    limits.http.fieldCount = 12
    limits.http.bodySize = 300
    limits.http.outputSize = hasOutbox ? 400 : 0
    limits.webSocket.messageSize = 600
    limits.outboxSize = hasOutbox ? 2000 : 0
    limits.outputHighWater = hasOutbox ? 500 : 0
    if !hasPings { limits.timeouts.webSocket.pingInterval = 0 }
    return limits
  }
}

/// Reads a script, and does what it says.
private struct Script {
  var rest: ArraySlice<UInt8>

  var isEmpty: Bool { rest.isEmpty }

  /// The next byte; 0 after the last.
  mutating func number() -> Int { Int(rest.popFirst() ?? 0) }

  mutating func play(in world: inout ServerWorld) throws(BrokenInvariant) {
    let step = number()
    let argument = number()
    switch step % 16 {
    case 0: try world.connect(capacity: [50, 200, 1000, 20_000][argument % 4], isReading: argument & 4 == 0)
    case 1: try world.send(Phrases.all[number() % Phrases.all.count], on: argument)
    case 2:
      let phrase = Phrases.all[number() % Phrases.all.count]
      let cut = number() % phrase.count
      try world.send(Array(phrase[..<cut]), on: argument)
      try world.send(Array(phrase[cut...]), on: argument)
    case 3:
      let frame = Phrases.frame(UInt8(number()), length: number() * 4, of: UInt8(number()))
      try world.send(frame, on: argument)
    case 4:
      let bytes = Array(rest.prefix(number()))
      rest = rest.dropFirst(bytes.count)
      try world.send(bytes, on: argument)
    case 5:
      let phrase = Phrases.all[number() % Phrases.all.count]
      let flood = Array(repeatElement(phrase, count: number() % 24).joined())
      try world.send(flood, on: argument)
    case 6: try world.advance(by: argument * 20)
    case 7: try world.advance(by: argument * 1000)
    case 8: try world.breakOff(argument)
    case 9: try world.finish(argument)
    case 10: try world.setReading(number() % 2 == 0, on: argument)
    case 11: try world.read(number() * 8, on: argument)
    case 12, 13: try world.callHub(argument, number() * 16)
    case 14: try world.callWithoutNeed(argument, number())
    default: if argument == 0 { try world.shutDown() } else { try world.checkMemory() }
    }
    try world.checkTables()
  }
}

/// What clients say.
private enum Phrases {
  static let all: [[UInt8]] = requests.map { Array($0.utf8) } + [
    frame(1, length: 5, of: UInt8(ascii: "e")), frame(1, length: 1, of: UInt8(ascii: "a")),
    frame(1, length: 1, of: UInt8(ascii: "s")), frame(1, length: 1, of: UInt8(ascii: "c")),
    frame(1, length: 1, of: UInt8(ascii: "z")), frame(2, length: 300, of: 7), frame(9, length: 4, of: 1),
    frame(10, length: 0, of: 0), frame(8, length: 0, of: 0), [0x88, 0x82, 0, 0, 0, 0, 3, 0xE8], [0x81], [0xFF],
    Array(upgrade(version: 13, deflate).utf8), [0xC1, 0x87, 0, 0, 0, 0, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
    Array("DELETE / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n".utf8),
  ] + passedOn.map { Array("GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\($0)\r\n\r\n".utf8) }

  /// What proxies say, and logins.
  private static let passedOn = [
    "Forwarded: for=192.0.2.1;proto=https;host=\"10.0.0.1:8443\"", "Forwarded: for=\"[2001:db8::1]:4711\", for=_hidden",
    "Forwarded: for=\"192.0.2.1", "X-Forwarded-For: 192.0.2.1, 10.0.0.9\r\nX-Forwarded-Proto: https",
    "X-Forwarded-Host: 10.0.0.1\r\nX-Forwarded-Port: 99999", "X-Forwarded-Prefix: /lamp", "X-Ingress-Path: //lamp",
    "Forwarded: for=192.0.2.1\r\nX-Forwarded-For: 192.0.2.1", "Authorization: Basic YTpi", "Authorization: Bearer a b",
  ]

  private static let requests = [
    "GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n",
    "GET /large HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: 10.0.0.1\r\nContent-Length: 7\r\n\r\ncontent",
    "PUT / HTTP/1.1\r\nHost: 10.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: 10.0.0.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
    "HEAD /asset HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n",
    "GET /asset HTTP/1.1\r\nHost: 10.0.0.1\r\nAccept-Encoding: gzip\r\nIf-None-Match: \"tag\"\r\n\r\n",
    "GET /page.html HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET /status/204 HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n",
    "GET /status/100 HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n",
    "GET /none HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
    upgrade(version: 13), upgrade(version: 8), "GET /", "abc",
  ]

  private static let deflate =
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits=9\r\n"

  private static func upgrade(version: Int, _ more: String = "") -> String {
    "GET /ws HTTP/1.1\r\nHost: 10.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Version: \(version)\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(more)\r\n"
  }

  /// A masked frame of equal bytes.
  static func frame(_ opcode: UInt8, length: Int, of byte: UInt8) -> [UInt8] {
    let key: [UInt8] = [1, 2, 3, 4]
    let size = length < 126 ? [0x80 | UInt8(length)] : [0xFE, UInt8(length >> 8), UInt8(length & 0xFF)]
    return [0x80 | opcode] + size + key + (0..<length).map { byte ^ key[$0 % 4] }
  }
}
