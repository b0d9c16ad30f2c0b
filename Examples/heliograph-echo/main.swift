// SPDX-License-Identifier: MIT

// A WebSocket server that sends each message back, and one that starts with `B` to everybody: the server that the
// benchmarks load, built on the public library as anyone would build it.
//
//     heliograph-echo [PORT]        127.0.0.1, endpoint /ws, port 8081 unless told otherwise; 0: any free port

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif
import DeviceServer
import NIOCore
import NIOPosix
import NIOTransport
import WebSocketCore

/// The handlers need to know nothing.
struct Nothing {}

func makeEcho() -> ServerApplication<Nothing> {
  var router = Router<Nothing>()
  router.webSocket("/ws", origin: .any) { _, hub, event in
    switch event {
    case .text(let client, let message):
      if isForAll(message) { hub.textAll(message) } else { hub.text(message, to: client) }
    case .binary(let client, let message):
      if isForAll(message) { hub.binaryAll(message) } else { hub.binary(message, to: client) }
    case .connect, .disconnect, .pong, .error: break
    }
  }
  var limits = ServerLimits()
  limits.connections = 100_000
  limits.clients = 100_000
  limits.webSocket.messageSize = 16 << 20
  limits.outboxSize = 32 << 20
  return ServerApplication(Server(router: router, limits: limits), context: Nothing())
}

func isForAll(_ message: Span<UInt8>) -> Bool { message.count > 0 && message[0] == UInt8(ascii: "B") }

let port = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) : 8081
guard let port, (0...65535).contains(port) else {
  print("usage: heliograph-echo [PORT]")
  exit(64)
}
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let transport = try await NIOTransport.start(on: group.next(), makeApplication: makeEcho)
do {
  let address = try await transport.listen(host: "127.0.0.1", port: port)
  print("ws://127.0.0.1:\(address.port ?? 0)/ws")
} catch {
  print("heliograph-echo: \(error)")
  exit(1)
}
fflush(nil)
while true { try await Task.sleep(for: .seconds(3600)) }
