// SPDX-License-Identifier: MIT

// One face of the transports of a computer, so that a program is written once and carried by either: what it may do with
// its application, whichever thread it is on. Each transport is described in its own module.

public import DeviceServer
public import Timebase
public import TransportSecurity

#if os(Linux)
  import LinuxTransport
#endif
#if SwiftNIO
  import NIOCore
  import NIOTransport
#endif

/// An application and what carries it.
///
/// The application is made on a thread of its own and never leaves it; `withApplication` goes to it there.
public struct HostTransport<App: Application & ~Copyable>: Sendable {
  /// Runs on the application's thread after the application has run and its output is on its way: for logs and displays.
  public typealias Activity = @Sendable (inout App, MonotonicTime) -> Void
  /// Runs on the application's thread before it gets its first event of another second of the system's clock, which is
  /// given in seconds since 1970: for dates. It wakes nothing up, and does not run while the clock has yet to be set.
  public typealias NewSecond = @Sendable (inout App, Int64) -> Void

  private enum Carrier: Sendable {
    #if os(Linux)
      case linux(LinuxTransport<App>)
    #endif
    #if SwiftNIO
      case nio(NIOTransport<App>)
    #endif
  }

  private let carrier: Carrier

  /// Makes the application and lets its timers run; no port is open yet.
  ///
  /// - Parameters:
  ///   - kind: What carries it.
  ///   - encrypts: Whether there will be TLS, of a port or towards a server.
  ///   - makeApplication: Makes the application, on the thread that it stays on.
  ///   - onNewSecond: See `NewSecond`.
  ///   - afterActivity: See `Activity`.
  /// - Throws: A `TransportError`, or what `makeApplication` throws.
  public static func start(
    _ kind: TransportKind = .automatic, encrypts: Bool = false, makeApplication: @escaping @Sendable () throws -> App,
    onNewSecond: NewSecond? = nil, afterActivity: Activity? = nil
  ) async throws -> HostTransport {
    #if os(Linux)
      if kind == .epoll && encrypts { throw TransportError.cannotEncrypt(kind) }
      if kind != .nio && !encrypts {
        return HostTransport(
          carrier: .linux(
            try await .start(
              sending: kind == .epoll ? .plain : .automatic, makeApplication: makeApplication, onNewSecond: onNewSecond,
              afterActivity: afterActivity)))
      }
    #else
      if kind == .epoll { throw TransportError.notHere(kind) }
    #endif
    #if SwiftNIO
      return HostTransport(
        carrier: .nio(
          try await .start(makeApplication: makeApplication, onNewSecond: onNewSecond, afterActivity: afterActivity)))
    #else
      throw TransportError.leftOut(.nio)
    #endif
  }

  /// What carries the application, in a few words for a log.
  public var words: String {
    switch carrier {
    #if os(Linux)
      case .linux(let transport): transport.usesRing ? "epoll, and a ring for what is sent" : "epoll"
    #endif
    #if SwiftNIO
      case .nio: "SwiftNIO"
    #endif
    }
  }

  /// Opens the port and returns the address that it got; port 0 lets the system choose one.
  ///
  /// `host` is an address of this machine, or a name that has one.
  ///
  /// `onAcceptError` is told on the application's thread when a connection could not be accepted, for lack of descriptors
  /// (EMFILE) for instance, and not again until one was. New connections wait then; it is tried again every second.
  ///
  /// With an identity the port speaks TLS. The application gets a connection before the handshake, so that its limits
  /// and its deadlines hold for peers that never finish one; what it would say to them is not said.
  /// - Throws: An error that `words(for:)` has words for; a `TransportError` for a port beyond 65,535, and for an identity
  ///   on a transport that was not started to encrypt.
  public func listen(
    host: String, port: Int, tls identity: TLSIdentity? = nil, onAcceptError: (@Sendable (any Error) -> Void)? = nil
  ) async throws -> RemoteAddress {
    guard (0...65_535).contains(port) else { throw TransportError.noSuchPort(port) }
    switch carrier {
    #if os(Linux)
      case .linux(let transport):
        guard identity == nil else { throw TransportError.cannotEncrypt(.epoll) }
        return try await transport.listen(host: host, port: port, onAcceptError: onAcceptError)
    #endif
    #if SwiftNIO
      case .nio(let transport):
        return RemoteAddress(try await transport.listen(host: host, port: port, tls: identity, onAcceptError: onAcceptError))
    #endif
    }
  }

  /// Lets `body` use the application on its thread, then does what follows from it.
  ///
  /// - Throws: What `body` throws.
  public func withApplication<Result: Sendable>(
    _ body: @escaping @Sendable (inout App, MonotonicTime) throws -> Result
  ) async throws -> Result {
    switch carrier {
    #if os(Linux)
      case .linux(let transport): try await transport.withApplication(body)
    #endif
    #if SwiftNIO
      case .nio(let transport): try await transport.withApplication(body)
    #endif
    }
  }

  /// Like `withApplication`, without waiting; for threads that only bring news.
  public func notify(_ body: @escaping @Sendable (inout App, MonotonicTime) -> Void) {
    switch carrier {
    #if os(Linux)
      case .linux(let transport): transport.notify(body)
    #endif
    #if SwiftNIO
      case .nio(let transport): transport.notify(body)
    #endif
    }
  }

  /// Gives `receive` what can be read from `descriptor`, on the application's thread and as it comes, and does what
  /// follows from it.
  ///
  /// The descriptor is this transport's from now on, even if that fails. When it has nothing more to say, or an error,
  /// `end` runs once and it is closed. At `shutdown` it is closed without a word. To hear no more, end the watch that
  /// this returns.
  ///
  /// - Throws: If the descriptor cannot be watched.
  @discardableResult
  public func watch(
    _ descriptor: CInt, receive: @escaping @Sendable (inout App, Span<UInt8>, MonotonicTime) -> Void,
    end: @escaping @Sendable (inout App, (any Error)?, MonotonicTime) -> Void
  ) async throws -> DescriptorWatch {
    switch carrier {
    #if os(Linux)
      case .linux(let transport):
        let watched = try await transport.watch(descriptor, receive: receive, end: end)
        return DescriptorWatch { await watched.close() }
    #endif
    #if SwiftNIO
      case .nio(let transport):
        let channel = try await transport.watch(descriptor, receive: receive, end: end)
        return DescriptorWatch { try? await channel.close() }  // it may be closed already
    #endif
    }
  }

  /// Makes the connections that `calls` asks for, to `servers`, until the transport ends. To be called once.
  ///
  /// A server that has not accepted a connection after `timeout`, its encryption included, has failed.
  /// - Throws: A `TransportError` for a server with TLS on a transport that was not started to encrypt.
  public func connect(
    _ calls: OutgoingConnection<App>, servers: [OutgoingServer], timeout: Milliseconds = .seconds(10)
  ) async throws {
    switch carrier {
    #if os(Linux)
      case .linux(let transport):
        guard servers.allSatisfy({ $0.tls == nil }) else { throw TransportError.cannotEncrypt(.epoll) }
        try await transport.connect(
          calls, servers: servers.map { LinuxTransport<App>.Peer(host: $0.host, port: $0.port) }, timeout: timeout)
    #endif
    #if SwiftNIO
      case .nio(let transport):
        try await transport.connect(calls, servers: servers, timeout: .milliseconds(Int64(timeout.count)))
    #endif
    }
  }

  /// Stops listening, lets the application close its clients, and returns when the last connection is gone;
  /// what is left after `grace` is cut off.
  ///
  /// - Throws: Nothing.
  public func shutdown(grace: Milliseconds = .seconds(3)) async throws {
    switch carrier {
    #if os(Linux)
      case .linux(let transport): try await transport.shutdown(grace: grace)
    #endif
    #if SwiftNIO
      case .nio(let transport): try await transport.shutdown(grace: .milliseconds(Int64(grace.count)))
    #endif
    }
  }
}

/// A descriptor that a transport watches.
public struct DescriptorWatch: Sendable {
  private let ending: @Sendable () async -> Void

  init(ending: @escaping @Sendable () async -> Void) { self.ending = ending }

  /// Ends the watch and closes the descriptor, if that has not happened by itself.
  public func end() async { await ending() }
}
