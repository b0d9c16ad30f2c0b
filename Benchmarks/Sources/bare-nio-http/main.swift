// SPDX-License-Identifier: MIT

// The least that an HTTP server on SwiftNIO can do: whatever ends with an empty line is a request, and its answer is always
// the same file. Nothing of a request is looked at; the answers to all requests of a read go out in one write.
//
//     bare-nio-http FILE        on 127.0.0.1, on a port that the system picks; prints the address

import Glibc
import NIOCore
import NIOPosix

final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let answer: ByteBuffer
  /// How many bytes of an empty line have come: of CR LF CR LF.
  private var matched = 0

  init(_ answer: ByteBuffer) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var output: ByteBuffer?
    unwrapInboundIn(data).readableBytesView.withUnsafeBytes { bytes in
      for byte in bytes {
        let isNext = byte == (matched % 2 == 0 ? 13 : 10)
        matched = isNext ? matched + 1 : byte == 13 ? 1 : 0
        guard matched == 4 else { continue }
        matched = 0
        if output == nil { output = answer } else { output?.writeImmutableBuffer(answer) }
      }
    }
    if let output { context.writeAndFlush(wrapOutboundOut(output), promise: nil) }
  }
}

guard CommandLine.arguments.count == 2, let file = fopen(CommandLine.arguments[1], "r") else {
  print("usage: bare-nio-http FILE")
  exit(64)
}
var body = [UInt8](repeating: 0, count: 1 << 20)
body.removeLast(body.count - fread(&body, 1, body.count, file))
var answer = ByteBufferAllocator().buffer(capacity: body.count + 128)
answer.writeString("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(body.count)\r\n\r\n")
answer.writeBytes(body)

let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
  .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
  .childChannelInitializer { [answer] channel in
    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer)) }
  }
  .bind(host: "127.0.0.1", port: 0).get()
print("http://127.0.0.1:\(server.localAddress?.port ?? 0)/")
fflush(nil)
try await server.closeFuture.get()
