// SPDX-License-Identifier: MIT

// One TCP connection in SwiftNIO's terms. Reading pauses while the application has left input with us; nothing is
// written while the channel is not writable.

import DeviceServer
import NIOCore
import SystemCalls

/// The receiver of a connection's events. It is not generic: every read passes here, and a generic type's
/// metadata would be looked up again each time.
protocol ConnectionOwner: AnyObject {
  func accept(_ connection: ConnectionHandler, from remote: RemoteAddress, over scheme: Scheme) -> ConnectionID?
  /// Takes what it can of `input`; `readIsComplete` follows.
  func receive(_ input: inout ByteBuffer, from id: ConnectionID)
  func endOfStream(_ id: ConnectionID)
  func disconnected(_ id: ConnectionID)
  func isWritable(_ id: ConnectionID)
  /// Acts on what was passed on in this read, if anything was.
  func readIsComplete()
  /// Acts on all events that were passed on.
  func act()
}

final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How far this direction is on its way to its end.
  private enum Output { case open, ending, ended }

  // What is only read and set as a whole needs no checking at run time, which would cost as much as a small frame.

  /// From accept to the end of the connection.
  @exclusivity(unchecked) private(set) var id: ConnectionID?
  private let owner: any ConnectionOwner
  private let scheme: Scheme
  @exclusivity(unchecked) private var context: ChannelHandlerContext?
  /// Whether the channel takes more.
  @exclusivity(unchecked) private(set) var isWritable = true
  /// Inside `writeAndFlush`, which may report a full channel and then an empty one before it returns.
  @exclusivity(unchecked) private var isWriting = false
  /// Input that the application has not taken yet.
  private var held: ByteBuffer?
  /// SwiftNIO asked to read while input was held.
  private var isReadDue = false
  private var isInputClosed = false
  private var output = Output.open
  /// Over TLS, what lies beyond it.
  var edge: SecureEdge?
  /// Whether what is written goes out: over TLS not before the end of its handshake.
  private var isReady: Bool

  init(owner: any ConnectionOwner, scheme: Scheme) {
    self.owner = owner
    self.scheme = scheme
    isReady = scheme == .http
  }

  // MARK: From the channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    // A peer whose address is gone has closed before it was accepted: nobody would be there to answer to. (The context
    // would ask the kernel for the address, which the channel knows.)
    id = context.channel.remoteAddress.flatMap { owner.accept(self, from: RemoteAddress($0), over: scheme) }
    context.fireChannelActive()
    if id == nil { abort() } else { owner.act() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if let id {
      self.id = nil
      held = nil
      owner.disconnected(id)
    }
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let id else { return }
    var input = unwrapInboundIn(data)
    guard held?.writeBuffer(&input) == nil else { return }
    owner.receive(&input, from: id)
    if input.readableBytes > 0 { held = input }
  }

  func channelReadComplete(context: ChannelHandlerContext) { owner.readIsComplete() }

  func read(context: ChannelHandlerContext) {
    if held == nil { context.read() } else { isReadDue = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    if let id, isWritable, !isWriting { owner.isWritable(id) }  // a write under way continues by itself
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed = event as? ChannelEvent else {
      if !isReady, Self.isHandshakeDone(event) {
        isReady = true
        Self.acknowledge(context.channel)
      }
      return context.fireUserInboundEventTriggered(event)
    }
    isInputClosed = true
    if held == nil { endInput() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if edge == nil || !Self.isLeftToTLS(error) { abort() }
  }

  // MARK: From the owner

  func write(_ output: consuming ByteBuffer) {
    isWriting = true
    context?.writeAndFlush(wrapOutboundOut(output), promise: nil)
    isWriting = false
  }

  /// Writes, and ends this direction after that; the end goes out with the last byte if it can.
  func writeLast(_ output: consuming ByteBuffer) {
    #if os(Linux)
      // Until the end the kernel keeps back what does not fill a segment: nobody is woken twice, for a few bytes and then
      // for the end.
      let cork = NIOBSDSocket.Option(rawValue: TCP_CORK)
      if edge == nil { try? context?.channel.syncOptions?.setOption(.tcpOption(cork), value: 1) }
    #endif
    write(output)
    endOutput()
  }

  /// Offers held input again, and reads on if all of it was taken.
  func resume() {
    guard let id else { return }
    var input = held ?? ByteBuffer()
    held = nil
    owner.receive(&input, from: id)
    if input.readableBytes > 0 {
      held = input
      return
    }
    if isInputClosed { return endInput() }
    if isReadDue {
      isReadDue = false
      context?.read()
    }
  }

  /// The peer's last byte has been taken.
  private func endInput() {
    switch output {
    case .open: if let id { owner.endOfStream(id) }
    case .ending: break  // what waits in the channel still goes out
    case .ended: end()
    }
  }

  /// Ends this direction after what was written; when the peer has ended its own, the connection is over.
  func endOutput() {
    guard output == .open, let context else { return }
    guard isReady else { return abort() }
    output = .ending
    if edge == nil, isEverythingOut(context.channel) { return closeOutput() }
    // The promise of an empty write is kept when all before it is out. (SwiftNIO, asked for the second half of a close,
    // would drop what waits.)
    let isOut = context.eventLoop.makePromise(of: Void.self)
    isOut.futureResult.assumeIsolated().whenComplete { _ in self.closeOutput() }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: isOut)
  }

  /// Whether nothing waits in the channel; a channel that cannot say so may have something.
  private func isEverythingOut(_ channel: any Channel) -> Bool {
    (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0
  }

  private func closeOutput() {
    output = .ended
    if isInputClosed { end() } else { context?.close(mode: .output, promise: nil) }
  }

  /// Ends the connection; over TLS with its last word, if that has yet to be said.
  private func end() { context?.close(promise: nil) }

  /// Ends the connection at once.
  func abort() {
    if let edge { edge.abort() } else { context?.close(promise: nil) }
  }
}
