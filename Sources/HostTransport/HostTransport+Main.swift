// SPDX-License-Identifier: MIT

// A program around a transport: it opens the port, says where, serves until a signal ends it, and says goodbye to
// everyone. For programs that have nothing else to do; one that has calls `start`, `listen` and `shutdown` itself.

import DeviceServer
import SystemCalls
import Timebase
public import TransportSecurity

#if os(Linux)
  import LinuxTransport
#endif
#if SwiftNIO
  import NIOCore
#endif

extension HostTransport where App: ~Copyable {
  /// Serves an application, and ends the process.
  ///
  /// SIGTERM, SIGINT and SIGHUP end it gracefully, with status 0. If the port cannot be opened, or the application not
  /// be made, the reason is one line on standard error, and the status is 1.
  ///
  /// - Parameters:
  ///   - kind: What carries it.
  ///   - host: The address to listen on, or a name that has one.
  ///   - port: The TCP port to listen on, up to 65,535; 0 lets the system choose one.
  ///   - identity: What to speak TLS with; nil: not at all.
  ///   - greeting: The line to print when the port is open; it is given the port's number.
  ///   - makeApplication: Makes the application, on the thread that it stays on.
  ///   - onNewSecond: See `NewSecond`.
  ///   - afterActivity: See `Activity`.
  ///   - whenServing: Runs beside the server, from when the port is open; cancelled, and waited for, at the end.
  public static func main(
    _ kind: TransportKind = .automatic, host: String = "127.0.0.1", port: Int, tls identity: TLSIdentity? = nil,
    greeting: @Sendable (Int) -> String = { "http://127.0.0.1:\($0)/" },
    makeApplication: @escaping @Sendable () throws -> App, onNewSecond: NewSecond? = nil, afterActivity: Activity? = nil,
    whenServing: (@Sendable (HostTransport) async -> Void)? = nil
  ) async -> Never {
    let end = EndSignal()  // first of all: a signal that comes early ends the program in order, too
    do {
      let transport = try await start(
        kind, encrypts: identity != nil, makeApplication: makeApplication, onNewSecond: onNewSecond,
        afterActivity: afterActivity)
      let address = try await transport.listen(host: host, port: port, tls: identity)
      StandardStreams.print(greeting(Int(address.port)))
      try await end.cancelling {
        await whenServing?(transport)
        await untilCancelled()
      }
      try await transport.shutdown()
    } catch {
      StandardStreams.complain("cannot serve on \(host) port \(port): \(words(for: error))")
      exit(1)
    }
    StandardStreams.flush()
    exit(0)
  }

  /// Words for what a transport has thrown, and what to do about it.
  public static func words(for error: any Error) -> String {
    #if os(Linux)
      if error is UnknownName { return "\(error)" + otherAddress }
    #endif
    #if SwiftNIO
      if error is SocketAddressError { return "no such address" + otherAddress }
      let code = (error as? IOError)?.errnoCode ?? (error as? SystemError)?.code
    #else
      let code = (error as? SystemError)?.code
    #endif
    return code.map { "\(SystemError(code: $0))\(advice(for: $0))" } ?? "\(error)"
  }

  private static var otherAddress: String { "; give an address of this machine, or 0.0.0.0" }

  private static func advice(for code: CInt) -> String {
    switch code {
    case EADDRNOTAVAIL: otherAddress
    case EADDRINUSE: "; end the program that has this port, or choose another one"
    case EACCES: "; ports below 1024 are the system's: choose one above, or see net.ipv4.ip_unprivileged_port_start"
    default: ""
    }
  }
}
