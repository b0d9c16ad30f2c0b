// SPDX-License-Identifier: MIT

// The server without sockets, for callgrind: frames and requests go straight into `ServerApplication`, from a driver that
// calls it as a transport does.
//
//     core LOAD [COUNT]      does it COUNT times inside `measured`, whose instructions `Benchmarks/core` counts
//     core memory            what an idle client takes, of 10,000; also after each was sent to

import Bytes
import DeviceServer
import Driving
import Glibc
import HTTPCore
import Timebase
import WebSocketCore

struct Nothing {}

/// The routes of heliograph-echo, a state as text, and an asset of 10 KB.
func makeEcho() -> ServerApplication<Nothing> {
  var router = Router<Nothing>()
  router.webSocket("/ws") { _, hub, event in
    switch event {
    case .text(let client, let message):
      if isForAll(message) { hub.textAll(message) } else { hub.text(message, to: client) }
    case .binary(let client, let message):
      if isForAll(message) { hub.binaryAll(message) } else { hub.binary(message, to: client) }
    case .connect, .disconnect, .pong, .error: break
    }
  }
  router.get("/api/state") { _, _, response in
    response.send(#"{"revision":7,"parts":{"led":{"on":true,"level":50},"button":{"pressed":false,"presses":12}}}"#)
  }
  let script = [UInt8](repeating: UInt8(ascii: "x"), count: 10_240)
  router.assets = AssetTable([StaticAsset(path: Array("/index.js".utf8), bytes: script, entityTag: Array("1".utf8))])
  var limits = ServerLimits()
  limits.connections = 100_000
  limits.clients = 100_000
  return ServerApplication(Server(router: router, limits: limits), context: Nothing())
}

func isForAll(_ message: Span<UInt8>) -> Bool { message.count > 0 && message[0] == UInt8(ascii: "B") }

/// A masked frame (RFC 6455 section 5.2) with a payload of 32 bytes that begins with `first`.
func frame(text: Bool, beginning first: Character) -> [UInt8] {
  let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
  let payload = (String(first) + "0123456789abcdefghijklmnopqrstuv").utf8.prefix(32)
  return [text ? 0x81 : 0x82, 0x80 | 32] + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
}

/// Ends the program: what was to be measured did not happen.
func fail(_ words: String) -> Never {
  print("core: \(words)")
  exit(1)
}

let handshake = [UInt8](
  """
  GET /ws HTTP/1.1\r
  Host: 127.0.0.1\r
  Upgrade: websocket\r
  Connection: Upgrade\r
  Sec-WebSocket-Version: 13\r
  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
  \r

  """.utf8)

func request(_ path: String) -> [UInt8] {
  // What Firefox sends, but for its name.
  [UInt8](
    """
    GET \(path) HTTP/1.1\r
    Host: 127.0.0.1\r
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r
    Accept: application/json\r
    Accept-Language: en-US,en;q=0.5\r
    Accept-Encoding: gzip, deflate, br, zstd\r
    Connection: keep-alive\r
    \r

    """.utf8)
}

struct Load: ~Copyable {
  var driver = Driver(makeEcho())
  var connections: [ConnectionID] = []

  mutating func connect(_ count: Int, as upgrade: Bool) {
    for number in 0..<count {
      let remote = RemoteAddress.ipv4(0x7F00_0001, port: UInt16(truncatingIfNeeded: number))
      guard let connection = driver.accept(from: remote) else { fail("connection \(number) was refused") }
      if upgrade { feed(handshake.span, connection) }
      connections.append(connection)
    }
  }

  mutating func feed(_ bytes: borrowing Span<UInt8>, _ connection: ConnectionID) {
    guard driver.receive(bytes, from: connection) == bytes.count else { fail("not all was taken") }
  }

  /// Feeds `bytes` `count` times, to one connection after the other.
  mutating func repeatedly(_ bytes: [UInt8], _ count: Int) {
    var next = 0
    for _ in 0..<count {
      feed(bytes.span, connections[next])
      next = next + 1 < connections.count ? next + 1 : 0
    }
  }
}

/// What callgrind counts: it finds this function by its name.
@inline(never)
func measured(_ load: inout Load, _ bytes: [UInt8], _ count: Int) { load.repeatedly(bytes, count) }

/// Makes the load, warms up, and measures; prints how many bytes came out in each turn.
func run(_ connections: Int, upgrade: Bool, _ bytes: [UInt8], _ count: Int, warmUp: Int) {
  var load = Load()
  load.connect(connections, as: upgrade)
  load.repeatedly(bytes, warmUp)
  let before = load.driver.written
  measured(&load, bytes, count)
  print((load.driver.written - before) / count)
}

/// Bytes of memory that this process has, as the kernel counts them: reserved ones that were never touched are not there.
func resident() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { fail("there is no /proc") }
  defer { fclose(file) }
  var text = [CChar](repeating: 0, count: 128)
  guard fgets(&text, 128, file) != nil else { fail("/proc/self/statm is empty") }
  let pages = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")[1]
  return (Int(pages) ?? 0) * Int(getpagesize())
}

func measureMemory(_ clients: Int) {
  var load = Load()
  load.connect(1, as: true)  // what is made once
  let connections = load.connections
  load.connections = [ConnectionID](repeating: connections[0], count: clients)  // not a part of what a client takes
  load.connections.removeAll(keepingCapacity: true)
  let before = resident()
  func say(_ words: String) { print(words, Double(resident() - before) / Double(clients)) }
  load.connect(clients, as: true)
  say("after the handshake")
  load.repeatedly(frame(text: false, beginning: "a"), clients)
  say("after an echo to each")
  for _ in 0..<16 { load.feed(frame(text: false, beginning: "B").span, load.connections[0]) }
  say("after 16 messages to all")
}

let arguments = CommandLine.arguments
let count = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 1000
guard count > 0 else { fail("COUNT is a number above 0") }
let (text, binary) = (frame(text: true, beginning: "a"), frame(text: false, beginning: "a"))
let toAll = frame(text: false, beginning: "B")
switch arguments.dropFirst().first {
case "echo": run(100, upgrade: true, binary, count, warmUp: 1000)
case "text": run(100, upgrade: true, text, count, warmUp: 1000)
case "echo-16": run(100, upgrade: true, Array((0..<16).map { _ in binary }.joined()), count, warmUp: 1000)
case "to-all": run(1000, upgrade: true, toAll, count, warmUp: 10)
case "state": run(100, upgrade: false, request("/api/state"), count, warmUp: 1000)
case "asset": run(100, upgrade: false, request("/index.js"), count, warmUp: 1000)
case "memory": measureMemory(10_000)
default: fail("the loads are echo, text, echo-16, to-all, state, asset and memory")
}
