// SPDX-License-Identifier: MIT

// A program around a transport: it opens the port, says where, serves until a signal ends it, and says goodbye to
// everyone. For programs that have nothing else to do; one that has calls `start`, `listen` and `shutdown` itself.

import DeviceServer
public import NIOCore
import NIOPosix
import SystemCalls
public import Timebase

extension NIOTransport where App: ~Copyable {
  /// Serves an application on one event loop, and ends the process.
  ///
  /// SIGTERM, SIGINT and SIGHUP end it gracefully, with status 0. If the port cannot be opened, or the application not
  /// be made, the reason is one line on standard error, and the status is 1.
  ///
  /// - Parameters:
  ///   - host: The address to listen on.
  ///   - port: The TCP port to listen on; 0 lets the system choose one.
  ///   - identity: What to speak TLS with; nil: not at all.
  ///   - loop: The loop that is to own the application; one of its own if nil.
  ///   - greeting: The line to print when the port is open; it is given the port's number.
  ///   - onNewSecond: See `NewSecond`.
  ///   - afterActivity: See `Activity`.
  ///   - whenServing: Runs beside the server, from when the port is open; cancelled, and waited for, at the end.
  public static func main(
    host: String = "127.0.0.1", port: Int, tls identity: TLSIdentity? = nil, on loop: (any EventLoop)? = nil,
    greeting: @Sendable (Int) -> String = { "http://127.0.0.1:\($0)/" },
    makeApplication: @escaping @Sendable () throws -> App,
    onNewSecond: (@Sendable (inout App, Int64) -> Void)? = nil,
    afterActivity: (@Sendable (inout App, MonotonicTime) -> Void)? = nil,
    whenServing: (@Sendable (NIOTransport) async -> Void)? = nil
  ) async -> Never {
    let end = EndSignal()  // first of all: a signal that comes early ends the program in order, too
    do {
      let loop = loop ?? MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
      let transport = try await start(
        on: loop, makeApplication: makeApplication, onNewSecond: onNewSecond, afterActivity: afterActivity)
      let address = try await transport.listen(host: host, port: port, tls: identity)
      StandardStreams.print(greeting(address.port ?? port))
      let beside = Task { await whenServing?(transport) }
      await end.wait()
      beside.cancel()
      await beside.value
      try await transport.shutdown()
    } catch {
      StandardStreams.complain("cannot serve on \(host) port \(port): \(reason(error))")
      exit(1)
    }
    StandardStreams.flush()
    exit(0)
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    return "\(error)"
  }
}
