// SPDX-License-Identifier: MIT

// What a listening channel does with a connection. SwiftNIO's bootstrap would set each option of a new channel through
// a future of its own, which clients that come and go pay for each time. Here all of it happens at once; what the kernel
// passes on from the listening socket to a new one is not set at all.

import DeviceServer
import NIOCore
import TransportSecurity

/// Makes each accepted channel one of `owner`'s connections, before the bootstrap's own handler behind this one gets it.
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
      context.fireChannelRead(data)  // and SwiftNIO registers it
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
