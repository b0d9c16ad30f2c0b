// SPDX-License-Identifier: MIT

// A descriptor of the host with news for the application: a GPIO line's edges, for instance. It is one more channel of
// the same loop, so nothing polls and nothing runs beside the application.

import NIOCore

/// Gives what can be read from a descriptor to `receive`, on the event loop; the end or an error to `end`, once.
final class DescriptorHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let receive: (Span<UInt8>) -> Void
  private let end: ((any Error)?) -> Void
  private var isOver = false

  init(receive: @escaping (Span<UInt8>) -> Void, end: @escaping ((any Error)?) -> Void) {
    self.receive = receive
    self.end = end
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    receive(buffer.readableBytesUInt8Span)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { finish(nil) }

  private func finish(_ error: (any Error)?) {
    if !isOver { end(error) }
    isOver = true
  }
}
