// SPDX-License-Identifier: MIT

// SwiftNIO's own WebSocket client: an implementation of the handshake and of frames that shares nothing with ours.

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A WebSocket client whose frames are asked for one by one.
struct WebSocketPeer: Sendable {
  struct Refused: Error {}

  private let channel: any Channel
  private let inbox: NIOLoopBound<Inbox>

  static func connect(to address: SocketAddress) async throws -> WebSocketPeer {
    let upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(to: address) { channel in
        channel.eventLoop.makeCompletedFuture {
          let upgrader = NIOTypedWebSocketClientUpgrader<WebSocketPeer>(maxFrameSize: 16 << 20) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
              let inbox = Inbox(channel.eventLoop)
              try channel.pipeline.syncOperations.addHandler(inbox)
              return WebSocketPeer(channel: channel, inbox: NIOLoopBound(inbox, eventLoop: channel.eventLoop))
            }
          }
          let configuration = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: HTTPRequestHead(
              version: .http1_1, method: .GET, uri: "/ws", headers: ["Host": "localhost"]),
            upgraders: [upgrader]
          ) { channel in
            channel.eventLoop.makeFailedFuture(Refused())
          }
          return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration))
        }
      }
    return try await upgrade.get()
  }

  func send(_ opcode: WebSocketOpcode, _ payload: [UInt8] = []) async throws {
    let frame = WebSocketFrame(
      fin: true, opcode: opcode, maskKey: .random(), data: channel.allocator.buffer(bytes: payload))
    try await channel.writeAndFlush(frame)
  }

  /// The next frame; throws `ChannelError.eof` when the server has ended the connection.
  func next() async throws -> WebSocketFrame {
    let inbox = self.inbox
    return try await channel.eventLoop.flatSubmit { inbox.value.next() }.get()
  }

  /// The next frame, which must be text; pings are answered on the way (a slow machine brings them in any test).
  func nextText() async throws -> String {
    while true {
      let frame = try await next()
      switch frame.opcode {
      case .text: return String(buffer: frame.unmaskedData)
      case .ping: try await send(.pong, Array(buffer: frame.unmaskedData))
      default: throw TimedOut(what: "text, but came \(frame.opcode)")
      }
    }
  }

  /// Closes the connection.
  func close() async throws { try await channel.close() }
}

/// Keeps frames until they are asked for.
private final class Inbox: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame

  private var frames = CircularBuffer<WebSocketFrame>()
  private var waiting: (promise: EventLoopPromise<WebSocketFrame>, limit: Scheduled<Void>)?
  private var isClosed = false
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    guard let waiting else { return frames.append(frame) }
    self.waiting = nil
    waiting.limit.cancel()
    waiting.promise.succeed(frame)
  }

  func channelInactive(context: ChannelHandlerContext) {
    isClosed = true
    guard let waiting else { return }
    self.waiting = nil
    waiting.limit.cancel()
    waiting.promise.fail(ChannelError.eof)
  }

  func next() -> EventLoopFuture<WebSocketFrame> {
    if let frame = frames.popFirst() { return eventLoop.makeSucceededFuture(frame) }
    if isClosed { return eventLoop.makeFailedFuture(ChannelError.eof) }
    let promise = eventLoop.makePromise(of: WebSocketFrame.self)
    let limit = eventLoop.scheduleTask(in: patience) { promise.fail(TimedOut(what: "a frame")) }
    waiting = (promise, limit)
    return promise.futureResult
  }
}
