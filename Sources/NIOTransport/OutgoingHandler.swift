// SPDX-License-Identifier: MIT

// One connection that the application has made, in SwiftNIO's terms. No more is read while the application has left input
// with us.

import NIOCore

/// The last handler of such a connection's channel.
final class OutgoingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What happens to the connection.
  enum Event {
    /// It is there, its encryption too.
    case opened(OutgoingHandler)
    /// It will not be there; why.
    case failed(any Error)
    case bytes(ByteBuffer)
    /// It takes output again.
    case writable
    /// It is gone.
    case closed
  }

  /// No more is handed to the channel at a time.
  static var writeSize: Int { 16_384 }

  private let isSecured: Bool
  private let report: (Event) -> Void
  private var context: ChannelHandlerContext?
  private var isOpen = false
  private var isWriting = false
  private var held = ByteBuffer()

  init(isSecured: Bool, report: @escaping (Event) -> Void) {
    self.isSecured = isSecured
    self.report = report
  }

  // MARK: From the channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    if !isSecured { open() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if !isOpen, ConnectionHandler.isHandshakeDone(event) { open() }
    context.fireUserInboundEventTriggered(event)
  }

  private func open() {
    isOpen = true
    report(.opened(self))
    context?.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { report(.bytes(unwrapInboundIn(data))) }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !hasHeld { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable, !isWriting { report(.writable) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !isOpen { report(.failed(error)) }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if isOpen { report(.closed) } else { report(.failed(ChannelError.eof)) }
    context.fireChannelInactive()
  }

  // MARK: From the owner

  var isWritable: Bool { context?.channel.isWritable ?? false }

  func write(_ output: ByteBuffer) {
    isWriting = true
    context?.writeAndFlush(wrapOutboundOut(output), promise: nil)
    isWriting = false
  }

  /// Whether input waits that was not taken.
  var hasHeld: Bool { held.readableBytes > 0 }

  /// Keeps input until it is taken.
  func keep(_ input: ByteBuffer) {
    var input = input
    if hasHeld { held.writeBuffer(&input) } else { held = input }
  }

  /// Offers what is kept; `take` says how much of it is taken. When all is, more is read.
  func offer(_ take: (Span<UInt8>) -> Int) {
    while hasHeld {
      let taken = min(max(take(held.readableBytesUInt8Span), 0), held.readableBytes)
      guard taken > 0 else { return }
      held.moveReaderIndex(forwardBy: taken)
    }
    held = ByteBuffer()
    context?.read()
  }

  /// Ends the connection behind what was written.
  func finish() {
    guard let context else { return }
    let isOut = context.eventLoop.makePromise(of: Void.self)
    isOut.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: isOut)
  }

  /// Ends it now.
  func abort() { context?.close(promise: nil) }
}
