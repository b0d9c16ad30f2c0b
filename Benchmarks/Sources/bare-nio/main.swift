// SPDX-License-Identifier: MIT

// The baseline: the least that a WebSocket echo server on SwiftNIO can do. One event loop, the upgrade
// answered without a look at it, no check of anything after that. Otherwise written with care: frames are
// parsed where they were read, unmasked while they are copied to the answer, answers collected in one buffer
// that is written once for each read.
//
//     bare-nio [PORT]        127.0.0.1, by default any free port; prints the address

import Glibc
import NIOCore
import NIOPosix

/// Everybody who gets a message that starts with `B`, and the buffer that all answers are written through.
final class Room {
  var handlers: [EchoHandler] = []
  var output = ByteBufferAllocator().buffer(capacity: 65_536)

  func add(_ handler: EchoHandler) {
    handler.place = handlers.count
    handlers.append(handler)
  }

  func remove(_ handler: EchoHandler) {
    let last = handlers.removeLast()
    guard last !== handler else { return }
    handlers[handler.place] = last
    last.place = handler.place
  }
}

let port = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 0 : 0
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let eventLoop = group.next()
let room = try await eventLoop.submit { NIOLoopBound(Room(), eventLoop: eventLoop) }.get()
let server = try await ServerBootstrap(group: group)
  .serverChannelOption(.backlog, value: 256)
  .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
  .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
  .childChannelInitializer { channel in
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(EchoHandler(room: room.value))
    }
  }
  .bind(host: "127.0.0.1", port: port).get()
print("ws://127.0.0.1:\(server.localAddress?.port ?? 0)/ws")
fflush(nil)
try await server.closeFuture.get()
