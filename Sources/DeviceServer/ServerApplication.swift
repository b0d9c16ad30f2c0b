// SPDX-License-Identifier: MIT

// The shortest way from routes to something that a transport can run: a server, a context, and a function that is
// called whenever something may have happened. A device with components of its own conforms to `Application` itself.

import HTTPCore
public import Timebase

/// A server with its context.
public struct ServerApplication<Context: ~Copyable>: Application, ~Copyable {
  /// Called after each receive and at each deadline: reads inputs, publishes what has changed, and returns when it
  /// wants to be called again at the latest.
  public typealias Loop = (inout Context, inout Server<Context>, MonotonicTime) -> MonotonicTime?

  /// The server.
  public var server: Server<Context>
  /// What the handlers get.
  public var context: Context
  private let loop: Loop?

  /// An application of `server`; without `loop` it only answers.
  public init(_ server: consuming Server<Context>, context: consuming Context, loop: Loop? = nil) {
    self.server = server
    self.context = context
    self.loop = loop
  }

  public mutating func accept(
    from remote: RemoteAddress, over scheme: Scheme, now: MonotonicTime
  ) -> ConnectionID? {
    server.accept(from: remote, over: scheme, now: now, &context)
  }

  public mutating func receive(_ bytes: Span<UInt8>, from connection: ConnectionID, now: MonotonicTime) -> Int {
    server.receive(bytes, from: connection, now: now, &context)
  }

  public mutating func endOfStream(_ connection: ConnectionID, now: MonotonicTime) {
    server.endOfStream(connection, now: now, &context)
  }

  public mutating func disconnected(_ connection: ConnectionID, now: MonotonicTime) {
    server.disconnected(connection, now: now, &context)
  }

  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    let ofServer = server.poll(now: now, &context)
    guard let ofLoop = loop?(&context, &server, now) else { return ofServer }
    return min(ofLoop, ofServer ?? .distantFuture)
  }

  public mutating func nextAction() -> TransportAction? { server.nextAction() }

  public mutating func writeOutput(
    _ connection: ConnectionID, now: MonotonicTime, _ accept: (Span<UInt8>) -> Int
  ) {
    server.writeOutput(connection, now: now, &context, accept)
  }

  public mutating func shutdown(now: MonotonicTime) { server.shutdown(now: now) }

  #if !hasFeature(Embedded)  // see `Server.date`
    /// Tells the server the date for its responses, in seconds since 1970.
    public mutating func setDate(secondsSince1970 seconds: Int64) {
      server.date = HTTPDate(secondsSince1970: seconds)
    }
  #endif
}
