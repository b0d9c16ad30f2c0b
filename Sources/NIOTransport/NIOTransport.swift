// SPDX-License-Identifier: MIT

// SwiftNIO under an application: listens, and moves bytes and time between channels and the application on one event
// loop, which owns all state. No protocol is spoken here.

public import DeviceServer
public import NIOCore
import NIOPosix
public import TransportSecurity
import SystemCalls
public import Timebase

/// A listening socket whose connections an `Application` serves.
///
/// Time is the system's monotonic clock (CLOCK_MONOTONIC on Linux), in which the kernel stamps its events, too.
///
/// The application is made on the event loop and never leaves it; `withApplication` goes to it there.
public final class NIOTransport<App: Application & ~Copyable>: Sendable {
  /// Runs on the event loop after the application has run and its output is on its way: for logs and displays.
  public typealias Activity = (inout App, MonotonicTime) -> Void
  /// Runs on the event loop before the application gets its first event of another second of the system's clock, which
  /// is given in seconds since 1970: for dates. It wakes nothing up, and does not run while the clock has yet to be
  /// set.
  public typealias NewSecond = (inout App, Int64) -> Void

  /// The loop that owns the application.
  public let eventLoop: any EventLoop
  private let driver: NIOLoopBound<Driver<App>>

  private init(eventLoop: any EventLoop, driver: NIOLoopBound<Driver<App>>) {
    self.eventLoop = eventLoop
    self.driver = driver
  }

  /// Makes the application on `eventLoop`, or on one of those that the whole process shares, and lets its timers run; no
  /// port is open yet.
  ///
  /// - Throws: What `makeApplication` throws.
  public static func start(
    on eventLoop: (any EventLoop)? = nil, makeApplication: @escaping @Sendable () throws -> App,
    onNewSecond: (@Sendable (inout App, Int64) -> Void)? = nil,
    afterActivity: (@Sendable (inout App, MonotonicTime) -> Void)? = nil
  ) async throws -> NIOTransport {
    let eventLoop = eventLoop ?? MultiThreadedEventLoopGroup.singleton.next()
    let driver = try await eventLoop.submit {
      let driver = Driver(
        try makeApplication(), eventLoop: eventLoop, onNewSecond: onNewSecond, afterActivity: afterActivity)
      driver.run { _, _ in }
      return NIOLoopBound(driver, eventLoop: eventLoop)
    }.get()
    return NIOTransport(eventLoop: eventLoop, driver: driver)
  }

  /// Opens the port and returns the address that it got; port 0 lets the system choose one.
  ///
  /// `host` is an address of this machine, or a name that has one. `port` is 65,535 at most, which the caller sees to:
  /// what becomes of a greater one is up to the system.
  ///
  /// `onAcceptError` runs on the event loop when a connection could not be accepted, for lack of descriptors (EMFILE)
  /// for instance, and not again until one was. New connections wait then; it is tried again every second.
  ///
  /// With an identity the port speaks TLS. The application gets a connection before the handshake, so that its limits
  /// and its deadlines hold for peers that never finish one; what it would say to them is not said.
  /// - Throws: What SwiftNIO says: `IOError` with EADDRINUSE, EADDRNOTAVAIL or EACCES, or an error of name resolution.
  public func listen(
    host: String, port: Int, tls identity: TLSIdentity? = nil, onAcceptError: (@Sendable (any Error) -> Void)? = nil
  ) async throws -> SocketAddress {
    let driver = self.driver
    let channel = try await ServerBootstrap(group: eventLoop)
      // Short, so that nobody waits long behind a flood: what finds no room is tried again by its peer.
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try AcceptHandler.setInherited(of: channel)
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(AcceptErrorHandler(report: onAcceptError))
          try pipeline.addHandler(AcceptHandler(owner: driver.value, identity: identity))
        }
      }
      .bind(host: host, port: port).get()
    try await eventLoop.submit { try driver.value.add(channel) }.get()
    guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
    return address
  }

  /// Lets `body` use the application on its loop, then does what follows from it.
  ///
  /// - Throws: What `body` throws.
  public func withApplication<Result: Sendable>(
    _ body: @escaping @Sendable (inout App, MonotonicTime) throws -> Result
  ) async throws -> Result {
    let driver = self.driver
    return try await eventLoop.submit { try driver.value.run(body) }.get()
  }

  /// Like `withApplication`, without waiting; for threads that only bring news.
  public func notify(_ body: @escaping @Sendable (inout App, MonotonicTime) -> Void) {
    let driver = self.driver
    eventLoop.execute { driver.value.run(body) }
  }

  /// Gives `receive` what can be read from `descriptor`, on the loop and as it comes, and does what follows from it.
  ///
  /// The descriptor is this transport's from now on, even if that fails. When it has nothing more to say, or an error,
  /// `end` runs once and it is closed. At `shutdown` it is closed without a word. To hear no more, close the
  /// channel that this returns.
  ///
  /// - Throws: What SwiftNIO says if the descriptor cannot be watched.
  @discardableResult
  public func watch(
    _ descriptor: CInt, receive: @escaping @Sendable (inout App, Span<UInt8>, MonotonicTime) -> Void,
    end: @escaping @Sendable (inout App, (any Error)?, MonotonicTime) -> Void
  ) async throws -> any Channel {
    let driver = self.driver
    let bootstrap = NIOPipeBootstrap(group: eventLoop).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        let handler = DescriptorHandler { bytes in
          driver.value.run { receive(&$0, bytes, $1) }
        } end: { error in
          if driver.value.isOpen { driver.value.run { end(&$0, error, $1) } }
        }
        try channel.pipeline.syncOperations.addHandler(handler)
      }
    }
    let channel: any Channel
    do {
      channel = try await bootstrap.takingOwnershipOfDescriptor(input: descriptor).get()
    } catch {
      close(descriptor)
      throw error
    }
    try await eventLoop.submit { try driver.value.add(channel) }.get()
    return channel
  }

  /// Makes the connections that `calls` asks for, to `servers`, until the transport ends. To be called once.
  ///
  /// A server that has not accepted a connection after `timeout`, its encryption included, has failed.
  ///
  /// - Throws: Nothing; a server that cannot be reached is told to `calls`.
  public func connect(
    _ calls: OutgoingConnection<App>, servers: [OutgoingServer], timeout: TimeAmount = .seconds(10)
  ) async throws {
    let driver = self.driver
    try await eventLoop.submit { driver.value.connect(calls, servers: servers, timeout: timeout) }.get()
  }

  /// Stops listening, lets the application close its clients, and returns when the last connection is gone;
  /// what is left after `grace` is cut off.
  ///
  /// - Throws: Nothing.
  public func shutdown(grace: TimeAmount = .seconds(3)) async throws {
    let driver = self.driver
    try await eventLoop.flatSubmit { driver.value.shutdown(grace: grace) }.get()
  }
}
