// SPDX-License-Identifier: MIT

// What a listening channel does with a connection. SwiftNIO's bootstrap would set each option of a new channel through
// a future of its own, and register the channel in a later turn of the loop: for clients that come and go that is a
// third of the transport's work. Here all of it happens at once; what the kernel passes on from the listening socket to
// a new one is not set at all.

import DeviceServer
import NIOCore

/// Makes each accepted channel one of `owner`'s connections. The bootstrap's own handler, behind this one, gets none.
final class AcceptHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let owner: any ConnectionOwner
  /// What to speak TLS with; nil: not at all.
  private let identity: TLSIdentity?

  init(owner: any ConnectionOwner, identity: TLSIdentity?) {
    self.owner = owner
    self.identity = identity
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = unwrapInboundIn(data)
    do {
      try setUp(channel)
      // What SwiftNIO's own bootstraps do for a socket that is connected already; no other call does it in one step.
      channel._channelCore.registerAlreadyConfigured0(promise: nil)
    } catch {  // it has ended already, for one: a socket that is not connected takes no options on some systems
      channel.close(promise: nil)
    }
  }

  private func setUp(_ channel: any Channel) throws {
    #if !os(Linux)
      try Self.setSocketOptions(of: channel)
    #endif
    guard let options = channel.syncOptions else { return }
    // The peer may stop sending and still read our answer.
    try options.setOption(.allowRemoteHalfClosure, value: true)
    // A channel takes nothing more once a kilobyte waits in it: the newest state is chosen as late as possible. (At
    // 1 byte each small write would report a full channel and then an empty one, for a tenth of its cost.)
    try options.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1024))
    let handler = ConnectionHandler(owner: owner, scheme: identity == nil ? .http : .https)
    let pipeline = channel.pipeline.syncOperations
    if let identity { try pipeline.addSecured(handler, identity) } else { try pipeline.addHandler(handler) }
  }

  /// Sets what the sockets that are accepted are to have, on the listening one: Linux passes it on.
  static func setInherited(of listener: any Channel) throws {
    #if os(Linux)
      try setSocketOptions(of: listener)
    #endif
  }

  /// Small writes go out at once; and the kernel takes little beyond what it has sent (TCP_NOTSENT_LOWAT): without that
  /// a client that does not read would be given megabytes of states that nobody wants any more.
  private static func setSocketOptions(of channel: any Channel) throws {
    #if os(Linux)
      let notSentLowWaterMark = NIOBSDSocket.Option(rawValue: 25)
    #else
      let notSentLowWaterMark = NIOBSDSocket.Option(rawValue: 0x201)
    #endif
    try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
    try channel.syncOptions?.setOption(.tcpOption(notSentLowWaterMark), value: 16_384)
  }
}
