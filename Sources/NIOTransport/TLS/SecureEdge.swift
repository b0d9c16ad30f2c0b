// SPDX-License-Identifier: MIT

// The handler between TLS and the socket. SwiftNIO's TLS ends a channel as soon as it has handed its last record over;
// a channel that ends drops what the kernel has not taken yet. So the end waits here until everything is out. And it is
// the way past TLS for an abort, which waits for nobody.
// Source: RFC 8446 section 6.1 (each side says close_notify before it ends its direction).

#if TLS
  import NIOCore

  final class SecureEdge: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      let isOut = context.eventLoop.makePromise(of: Void.self)
      isOut.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: promise) }
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: isOut)
    }

    /// Ends the connection now, whatever waits.
    func abort() { context?.close(promise: nil) }
  }
#endif
