// SPDX-License-Identifier: MIT

// How TLS gets into a connection's channel, and which of its errors are the end of the connection. Everything that
// depends on SwiftNIO's TLS is in this folder, so that a program may be built without it.

import NIOCore
import TransportSecurity
import SystemCalls

#if TLS
  import NIOSSL
  import NIOTLS

  extension ChannelPipeline.SynchronousOperations {
    /// Puts TLS between the socket and `handler`, which is added last.
    func addSecured(_ handler: ConnectionHandler, _ identity: TLSIdentity) throws {
      let edge = SecureEdge()
      handler.edge = edge
      try addHandlers(edge, NIOSSLServerHandler(context: identity.context), handler)
    }

    /// Adds what a connection to a server needs, behind the TLS that it wants.
    func addOutgoing(_ server: OutgoingServer) throws {
      if let tls = server.tls { try addHandler(tls.makeHandler(host: server.host)) }
      try addHandler(OutgoingHandler(isSecured: server.tls != nil))
    }
  }

  extension ConnectionHandler {
    /// Whether TLS is ready to carry our bytes.
    static func isHandshakeDone(_ event: Any) -> Bool {
      if case .handshakeCompleted = event as? TLSUserEvent { true } else { false }
    }

    /// Acknowledges the end of the peer's handshake now. In TLS 1.3 we have nothing to say to it before our first
    /// answer: BoringSSL keeps its session tickets until then. Linux would wait 40 ms for something to send the
    /// acknowledgement with, and a client with Nagle's algorithm (RFC 1122 section 4.2.3.4) holds its request back as
    /// long.
    static func acknowledge(_ channel: any Channel) {
      #if os(Linux)
        try? channel.syncOptions?.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_QUICKACK)), value: 1)
      #endif
    }

    /// Whether TLS sees to the consequences of an error itself: it closes the channel, after an alert if it has one to
    /// say, but for one case. A peer that ends without close_notify may have been cut off; a request that lacks
    /// nothing is answered all the same (RFC 9112 section 9.8), and so this is no more than the end of its direction.
    static func isLeftToTLS(_ error: any Error) -> Bool { error is NIOSSLError || error is BoringSSLError }
  }
#else
  /// There is none.
  final class SecureEdge {
    func abort() {}
  }

  extension ChannelPipeline.SynchronousOperations {
    func addSecured(_ handler: ConnectionHandler, _ identity: TLSIdentity) throws { throw TLSIdentityError.leftOut }

    func addOutgoing(_ server: OutgoingServer) throws { try addHandler(OutgoingHandler(isSecured: false)) }
  }

  extension ConnectionHandler {
    static func isHandshakeDone(_ event: Any) -> Bool { false }
    static func acknowledge(_ channel: any Channel) {}
    static func isLeftToTLS(_ error: any Error) -> Bool { false }
  }
#endif
