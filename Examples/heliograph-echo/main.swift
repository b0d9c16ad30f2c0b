// SPDX-License-Identifier: MIT

// A WebSocket server that sends each message back, and one that starts with `B` to all clients; over HTTP it sends back
// what is posted to /echo. The server that the benchmarks load and the conformance suites test, built on the public
// library as anyone would build it.
//
//     heliograph-echo [--deflate] [--transport auto|epoll|nio] [--tls FILE] [PORT]
//
// It listens on 127.0.0.1, by default on port 8081; 0: any free port. With --deflate it compresses messages for clients
// that offer to (RFC 7692), if it was built with the package's trait Deflate. With --tls it encrypts; FILE has a
// certificate and its private key, both as PEM.

import Bytes
import Deflate
import DeviceServer
import HTTPCore
import HostTransport
import TransportSecurity
import SystemCalls
import WebSocketCore

/// The handlers need to know nothing.
struct Nothing {}

func makeEcho(_ compression: DeflateSupport?) -> ServerApplication<Nothing> {
  var router = Router<Nothing>()
  router.webSocket("/ws", protocols: ["arduino", "heliograph.v2"]) { _, hub, event in
    switch event {
    case .text(let client, let message):
      if isForAll(message) { hub.textAll(message) } else { hub.text(message, to: client) }
    case .binary(let client, let message):
      if isForAll(message) { hub.binaryAll(message) } else { hub.binary(message, to: client) }
    case .connect, .disconnect, .pong, .error: break
    }
  }
  router.get("/") { _, _, response in response.send("An echo: a WebSocket on /ws, and POST on /echo\n") }
  router.on(.post, "/echo") { _, request, response in
    response.send(shared: [UInt8](request.body), type: "application/octet-stream")
  }
  var limits = ServerLimits()
  limits.connections = 100_000
  limits.clients = 100_000
  limits.webSocket.messageSize = 16 << 20
  limits.outboxSize = 32 << 20
  limits.deflateMemory = 1 << 30
  var server = Server(router: router, limits: limits)
  server.compression = compression
  return ServerApplication(server, context: Nothing())
}

func isForAll(_ message: Span<UInt8>) -> Bool { message.count > 0 && message[0] == UInt8(ascii: "B") }

var arguments = Array(CommandLine.arguments.dropFirst())

/// Takes an option out of the arguments, and returns the word behind it.
@MainActor func takeValue(of option: String) -> String? {
  guard let place = arguments.firstIndex(of: option), place + 1 < arguments.endIndex else { return nil }
  defer { arguments.removeSubrange(place...place + 1) }
  return arguments[place + 1]
}

let transport = TransportKind(rawValue: takeValue(of: "--transport") ?? "auto")
var identity: TLSIdentity?
if let file = takeValue(of: "--tls") {
  do {
    let pem = try Descriptor(opening: file, O_RDONLY).bytes(count: 1 << 20)
    identity = try TLSIdentity(certificates: pem, key: pem)
  } catch {
    print("heliograph-echo: \(file): \(error)")
    exit(1)
  }
}
let compresses = arguments.contains("--deflate")
let ports = arguments.filter { $0 != "--deflate" }
guard let transport, ports.count <= 1, let port = Int(ports.first ?? "8081"), (0...65535).contains(port) else {
  print("usage: heliograph-echo [--deflate] [--transport auto|epoll|nio] [--tls FILE] [PORT]")
  exit(64)
}
let compression = compresses ? DeflateSupport.zlib() : nil
if compresses, compression == nil {
  print("heliograph-echo: built without compression; build with --traits default,Deflate")
  exit(64)
}
let scheme = identity == nil ? "ws" : "wss"
await HostTransport.main(transport, port: port, tls: identity, greeting: { "\(scheme)://127.0.0.1:\($0)/ws" }) {
  makeEcho(compression)
} onNewSecond: { echo, seconds in
  echo.setDate(secondsSince1970: seconds)
}
