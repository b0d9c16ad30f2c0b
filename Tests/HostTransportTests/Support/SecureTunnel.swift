// SPDX-License-Identifier: MIT

// What lets the tests of plain sockets ask the same of TLS: a port whose connections are carried on over TLS, both
// directions with their ends and with little in between. The client's side of TLS is SwiftNIO's.

import NIOCore
import NIOPosix
import TransportSecurity
import SystemCalls

#if TLS
  import NIOSSL
#endif

#if TLS
  /// A listening port that leads to a TLS server.
  struct SecureTunnel: Sendable {
    private let channel: any Channel
    let address: SocketAddress
    /// How many connections the server has ended without its last word of TLS (close_notify).
    let uncleanEnds: Locked<Int>

    static func open(to server: SocketAddress) async throws -> SecureTunnel {
      let group = MultiThreadedEventLoopGroup.singleton
      let context = try NIOSSLContext(configuration: clientConfiguration)
      let uncleanEnds = Locked(0)
      let channel = try await ServerBootstrap(group: group)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelOption(.autoRead, value: false)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.socketOption(.so_sndbuf), value: 4096)
        .childChannelInitializer { near in
          ClientBootstrap(group: near.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_rcvbuf), value: 16_384)
            .channelInitializer { far in
              far.eventLoop.makeCompletedFuture {
                let (here, there) = (Relay(uncleanEnds), Relay(uncleanEnds))
                (here.other, there.other) = (there, here)
                try near.pipeline.syncOperations.addHandler(here)
                let tls = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                try far.pipeline.syncOperations.addHandlers(tls, there)
              }
            }
            .connect(to: server).map { _ in }
        }
        .bind(host: server.ipAddress ?? "127.0.0.1", port: 0).get()
      guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
      return SecureTunnel(channel: channel, address: address, uncleanEnds: uncleanEnds)
    }

    static var clientConfiguration: TLSConfiguration {
      var configuration = TLSConfiguration.makeClientConfiguration()
      let roots = try? [TestCertificates.first, TestCertificates.second].flatMap {
        try NIOSSLCertificate.fromPEMBytes(Array($0.certificate.utf8))
      }
      configuration.trustRoots = .certificates(roots ?? [])
      configuration.certificateVerification = .noHostnameVerification
      return configuration
    }

    func close() async throws { try await channel.close() }
  }

  /// One side of a tunnel: reads a little, and goes on when the other side has passed it on.
  private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var other: Relay?
    private let uncleanEnds: Locked<Int>
    private var context: ChannelHandlerContext?
    private var waiting: [ByteBuffer] = []
    private var isEnding = false
    private var isInputClosed = false

    init(_ uncleanEnds: Locked<Int>) { self.uncleanEnds = uncleanEnds }

    func handlerAdded(context: ChannelHandlerContext) {
      self.context = context
      if context.channel.isActive { channelActive(context: context) }
    }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
      context.read()
      for buffer in waiting { write(buffer) }
      waiting = []
      if isEnding { end() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { other?.write(unwrapInboundIn(data)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      guard case .inputClosed = event as? ChannelEvent else { return }
      isInputClosed = true
      other?.end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if let error = error as? NIOSSLError, case .uncleanShutdown = error {
        if !isInputClosed { uncleanEnds.withLock { $0 += 1 } }  // or else it is this end that has been unclean
        return
      }
      context.close(promise: nil)
    }

    /// This side is over, and so is the other when what it has is out. A connection that broke breaks the other.
    func channelInactive(context: ChannelHandlerContext) {
      self.context = nil
      other?.breakOff()
      other = nil
    }

    private func write(_ buffer: ByteBuffer) {
      guard let context, context.channel.isActive else { return waiting.append(buffer) }
      let isOut = context.eventLoop.makePromise(of: Void.self)
      isOut.futureResult.assumeIsolated().whenComplete { _ in self.other?.context?.read() }
      context.writeAndFlush(wrapOutboundOut(buffer), promise: isOut)
    }

    private func end() {
      guard let context, context.channel.isActive else { return isEnding = true }
      let isOut = context.eventLoop.makePromise(of: Void.self)
      isOut.futureResult.assumeIsolated().whenComplete { _ in self.context?.close(mode: .output, promise: nil) }
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: isOut)
    }

    private func breakOff() {
      guard let context else { return }
      let isOut = context.eventLoop.makePromise(of: Void.self)
      isOut.futureResult.assumeIsolated().whenComplete { _ in
        self.context?.channel.pipeline.syncOperations.abort()  // past TLS, which would wait for the peer's own end
      }
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: isOut)
    }
  }

  extension ChannelPipeline.SynchronousOperations {
    fileprivate func abort() {
      guard let first = try? context(handlerType: NIOSSLClientHandler.self) else { return close(promise: nil) }
      first.close(promise: nil)
    }
  }
#endif
