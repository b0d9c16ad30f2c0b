// SPDX-License-Identifier: MIT

// One connection that the application has made, in SwiftNIO's terms. A name may have several addresses, which SwiftNIO
// tries side by side, each with a channel and a handler of its own: the one that is chosen gets a listener, the others
// are closed and never heard. No more is read while the application has left input with us.

import NIOCore

/// The last handler of such a connection's channel.
final class OutgoingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What happens to the connection.
  enum Event {
    /// It is there, its encryption too.
    case opened
    /// It will not be there; why.
    case failed(any Error)
    /// Input has come, or the connection takes output again.
    case ready
    /// It is gone; nil after an orderly close.
    case closed((any Error)?)
  }

  private enum Phase {
    case opening, open
    /// It has ended; nil after an orderly close.
    case over((any Error)?)
  }

  private let isSecured: Bool
  private var listener: ((Event) -> Void)?
  private var context: ChannelHandlerContext?
  private var phase = Phase.opening
  private var isWriting = false
  private var held = ByteBuffer()
  /// Cuts the connection off if the peer does not end it; nil as long as we have not.
  private var ending: Scheduled<Void>?

  init(isSecured: Bool) { self.isSecured = isSecured }

  // MARK: From the channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    if isSecured { context.read() } else { open() }  // the handshake's first answer; TLS itself asks for what follows
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if ConnectionHandler.isHandshakeDone(event) { open() }
    context.fireUserInboundEventTriggered(event)
  }

  private func open() {
    guard case .opening = phase else { return }
    phase = .open
    listener?(.opened)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if ending != nil { return }
    var input = unwrapInboundIn(data)
    if hasHeld { held.writeBuffer(&input) } else { held = input }
    listener?(.ready)
  }

  func channelReadComplete(context: ChannelHandlerContext) { readIfEmpty() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable, !isWriting { listener?(.ready) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(for: error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    ending?.cancel()
    end(for: nil)
    context.fireChannelInactive()
  }

  private func end(for error: (any Error)?) {
    switch phase {
    case .opening:
      phase = .over(error)
      listener?(.failed(error ?? ChannelError.eof))
    case .open:
      phase = .over(error)
      listener?(.closed(ending == nil ? error : nil))
    case .over: break
    }
  }

  // MARK: From the owner

  /// From now on `listener` hears what happens, and at once what has happened already.
  func listen(_ listener: @escaping (Event) -> Void) {
    self.listener = listener
    switch phase {
    case .opening: break
    case .open: listener(.opened)
    case .over(let error): listener(.failed(error ?? ChannelError.eof))
    }
  }

  var isWritable: Bool { context?.channel.isWritable ?? false }

  func write(_ output: ByteBuffer) {
    isWriting = true
    context?.writeAndFlush(wrapOutboundOut(output), promise: nil)
    isWriting = false
  }

  /// Whether input waits that was not taken.
  var hasHeld: Bool { held.readableBytes > 0 }

  /// Offers what waits; `take` says how much of it is taken. Whether some was.
  func offer(_ take: (Span<UInt8>) -> Int) -> Bool {
    let waiting = held.readableBytes
    while hasHeld {
      let taken = min(max(take(held.readableBytesUInt8Span), 0), held.readableBytes)
      guard taken > 0 else { break }
      held.moveReaderIndex(forwardBy: taken)
    }
    if !hasHeld { held = ByteBuffer() }
    return held.readableBytes < waiting
  }

  /// Reads on when all is taken.
  func readIfEmpty() {
    if !hasHeld { context?.read() }
  }

  /// How long the peer may take to end the connection after us.
  private static var endTimeout: TimeAmount { .seconds(2) }

  /// Ends the connection behind what was written. What the peer says yet is read and dropped: were it left unread, TCP
  /// would reset the connection, and the peer might lose our last bytes (RFC 1122 section 4.2.2.13).
  func finish() {
    guard let context, ending == nil else { return }
    ending = context.eventLoop.assumeIsolated().scheduleTask(in: Self.endTimeout) { context.close(promise: nil) }
    held = ByteBuffer()
    // TLS has an end of its own, for which it waits while it reads.
    context.close(mode: isSecured ? .all : .output, promise: nil)
    context.read()
  }

  /// Ends it now.
  func abort() { context?.close(promise: nil) }
}
