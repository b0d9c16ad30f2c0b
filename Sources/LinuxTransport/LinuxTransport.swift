// SPDX-License-Identifier: MIT

// Linux's own calls under an application: epoll, accept4, recv and send, and a ring of io_uring for sends where the
// kernel allows one. It listens, and moves bytes and time between sockets and the application on one thread, which owns
// all state. No protocol is spoken here. Beside NIOTransport, whose contract this keeps, it costs the kernel's calls
// and little else.

#if os(Linux)
  import CLinuxIO
  public import DeviceServer
  import SystemCalls
  public import Timebase

  /// A listening socket whose connections an `Application` serves.
  ///
  /// Time is CLOCK_MONOTONIC, in which the kernel stamps its events, too.
  ///
  /// The application is made on the transport's thread and never leaves it; `withApplication` goes to it there.
  public final class LinuxTransport<App: Application & ~Copyable>: Sendable {
    /// How output goes out.
    public enum Sending: Sendable {
      /// Through a ring if the kernel allows one.
      case automatic
      /// By one `send` for each output.
      case plain
      /// Through a ring; without one there is no transport.
      case ring
    }

    /// A server to connect to; there is no TLS here.
    public struct Peer: Sendable {
      /// Its name or address.
      public let host: String
      /// Its TCP port, 1 to 65,535; other numbers are not refused here.
      public let port: Int

      /// The server at `host` and `port`.
      public init(host: String, port: Int) {
        self.host = host
        self.port = port
      }
    }

    /// Whether output goes through a ring.
    public let usesRing: Bool
    private let mailbox: Mailbox<App>

    private init(_ mailbox: Mailbox<App>, usesRing: Bool) {
      self.mailbox = mailbox
      self.usesRing = usesRing
    }

    /// A transport that was not shut down serves on.
    deinit { mailbox.post { $0.isStopped = $0.isClosing } }

    /// Makes the application on a thread of its own and lets its timers run; no port is open yet.
    ///
    /// - Parameters:
    ///   - sending: How bytes are sent.
    ///   - makeApplication: Makes the application, on the thread that it stays on.
    ///   - onNewSecond: Runs before the application gets its first event of another second of the system's clock, which
    ///     is given in seconds since 1970. It wakes nothing up, and does not run while the clock has yet to be set.
    ///   - afterActivity: Runs after the application has run and its output is on its way.
    /// - Throws: What `makeApplication` throws, or `SystemError`.
    public static func start(
      sending: Sending = .automatic, makeApplication: @escaping @Sendable () throws -> App,
      onNewSecond: (@Sendable (inout App, Int64) -> Void)? = nil,
      afterActivity: (@Sendable (inout App, MonotonicTime) -> Void)? = nil
    ) async throws -> LinuxTransport {
      try await start(
        sending: sending, calls: SocketCalls(), makeApplication: makeApplication, onNewSecond: onNewSecond,
        afterActivity: afterActivity)
    }

    static func start(
      sending: Sending, calls: SocketCalls, makeApplication: @escaping @Sendable () throws -> App,
      onNewSecond: (@Sendable (inout App, Int64) -> Void)? = nil,
      afterActivity: (@Sendable (inout App, MonotonicTime) -> Void)? = nil
    ) async throws -> LinuxTransport {
      let mailbox = try Mailbox<App>()
      let usesRing = try await withCheckedThrowingContinuation { continuation in
        do {
          try LoopThread.start {
            do {
              let ring = sending == .plain ? nil : try SendRing.open(isNeeded: sending == .ring)
              var loop = try Loop(
                try makeApplication(), mailbox, calls: calls, ring: ring, onNewSecond: onNewSecond,
                afterActivity: afterActivity)
              loop.begin()
              continuation.resume(returning: ring != nil)
              loop.run()
            } catch {
              continuation.resume(throwing: error)
            }
          }
        } catch {
          continuation.resume(throwing: error)
        }
      }
      return LinuxTransport(mailbox, usesRing: usesRing)
    }

    /// Opens a port and returns the address that it got; port 0 lets the system choose one.
    ///
    /// `host` is an address of this machine, or a name that has one. `port` is 65,535 at most, which the caller sees
    /// to: what becomes of a greater one is up to the system.
    ///
    /// `onAcceptError` runs on the loop when a connection could not be accepted, for lack of descriptors (EMFILE) for
    /// instance, and not again until one was. New connections wait then; it is tried again every second.
    /// - Throws: `SystemError` with EADDRINUSE, EADDRNOTAVAIL or EACCES, or an error that says so of a name.
    public func listen(
      host: String, port: Int, onAcceptError: (@Sendable (any Error) -> Void)? = nil
    ) async throws -> RemoteAddress {
      let addresses = try await withCheckedThrowingContinuation { continuation in
        SocketAddress.resolve(host, port, isPassive: true) { continuation.resume(with: $0) }
      }
      return try await onLoop { loop in
        let listener = try Listener<App>(addresses[0], report: onAcceptError)
        try listener.join(poll_in, &loop)
        return listener.address
      }
    }

    /// Lets `body` use the application on its thread, then does what follows from it.
    ///
    /// - Throws: What `body` throws.
    public func withApplication<Result: Sendable>(
      _ body: @escaping @Sendable (inout App, MonotonicTime) throws -> Result
    ) async throws -> Result {
      try await onLoop { loop in try loop.run(body) }
    }

    /// Like `withApplication`, without waiting; for threads that only bring news.
    public func notify(_ body: @escaping @Sendable (inout App, MonotonicTime) -> Void) {
      mailbox.post { loop in loop.run(body) }
    }

    /// Does `body` on the loop and all that follows from it.
    private func onLoop<Result: Sendable>(
      _ body: @escaping @Sendable (inout Loop<App>) throws -> Result
    ) async throws -> Result {
      try await withCheckedThrowingContinuation { continuation in
        mailbox.post { loop in
          do {
            let result = try body(&loop)
            loop.act()
            continuation.resume(returning: result)
          } catch {
            loop.act()
            continuation.resume(throwing: error)
          }
        }
      }
    }

    /// Gives `receive` what can be read from `descriptor`, on the loop and as it comes, and does what follows from it.
    ///
    /// The descriptor is this transport's from now on, even if that fails. When it has nothing more to say, or an
    /// error, `end` runs once and it is closed. At `shutdown` it is closed without a word.
    ///
    /// - Throws: `SystemError` if the descriptor cannot be watched.
    @discardableResult
    public func watch(
      _ descriptor: CInt, receive: @escaping @Sendable (inout App, Span<UInt8>, MonotonicTime) -> Void,
      end: @escaping @Sendable (inout App, (any Error)?, MonotonicTime) -> Void
    ) async throws -> WatchedDescriptor {
      let key = try await onLoop { loop in
        let source = Watched<App>(descriptor, receive, end)
        try source.join(poll_in, &loop)
        return source.key
      }
      return WatchedDescriptor { [mailbox] in
        await withCheckedContinuation { continuation in
          let isHeard = mailbox.post { loop in
            (loop.sources[key] as? Watched<App>)?.finish(nil, &loop)
            continuation.resume()
          }
          if !isHeard { continuation.resume() }
        }
      }
    }

    /// Makes the connections that `calls` asks for, to `servers`, until the transport ends. To be called once.
    ///
    /// A server that has not accepted a connection after `timeout` has failed.
    ///
    /// - Throws: Nothing; a server that cannot be reached is told to `calls`.
    public func connect(
      _ calls: OutgoingConnection<App>, servers: [Peer], timeout: Milliseconds = .seconds(10)
    ) async throws {
      try await onLoop { loop in loop.outgoing = Outgoing(calls, servers, timeout: timeout) }
    }

    /// Stops listening, lets the application close its clients, and returns when the last connection is gone;
    /// what is left after `grace` is cut off.
    ///
    /// - Throws: Nothing.
    public func shutdown(grace: Milliseconds = .seconds(3)) async throws {
      await withCheckedContinuation { continuation in
        mailbox.post { loop in loop.shutdown(grace: grace) { continuation.resume() } }
      }
    }
  }

  /// A descriptor that a transport watches.
  public struct WatchedDescriptor: Sendable {
    let finish: @Sendable () async -> Void

    /// Closes it, which the application is told as its end.
    public func close() async { await finish() }
  }
#endif
