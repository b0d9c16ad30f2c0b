// SPDX-License-Identifier: MIT

// The seam for a connection that a program makes itself, to a broker for instance. The transport asks what to do, does
// it, says how it went and moves bytes, in the same order and under the same rules as for connections that it accepts
// (`Application`); to which server, when, and what is said there is the program's.

public import Timebase

/// Where a program wants to connect to.
public enum Destination: Equatable, Sendable {
  /// One of those that the transport was given, by its number from 0.
  case known(Int)
  /// Another one, by a name or an address; what is not said is as it is with the known one of this number.
  case other(host: [UInt8], port: UInt16?, like: Int)
}

/// What a transport is to do with the connection that a program makes.
public enum OutgoingStep: Equatable, Sendable {
  /// Connect, and say `opened` or `failed`.
  case connect(Destination)
  /// Write what is queued, end the connection, and say `closed`.
  case close
  /// Write what is queued.
  case wait
}

/// How a transport reaches the connection inside a program. Nothing of this is called from inside another call.
public struct OutgoingConnection<App: ~Copyable>: Sendable {
  /// What is to be done now; asked after everything that happens.
  public let nextStep: @Sendable (inout App, MonotonicTime) -> OutgoingStep
  /// The connection is there, its encryption too.
  public let opened: @Sendable (inout App, MonotonicTime) -> Void
  /// It could not be made; why, in words.
  public let failed: @Sendable (inout App, [UInt8], MonotonicTime) -> Void
  /// Bytes have come; how many were taken. The rest is offered again when output has been written.
  public let receive: @Sendable (inout App, Span<UInt8>, MonotonicTime) -> Int
  /// Offers the output that waits; the closure copies what it has room for and returns how much.
  public let writeOutput: @Sendable (inout App, MonotonicTime, (Span<UInt8>) -> Int) -> Void
  /// It is gone, whichever side ended it; what went wrong, in words; empty after an orderly close.
  public let closed: @Sendable (inout App, [UInt8], MonotonicTime) -> Void
  /// The transport ends: say what is to be said, and let `nextStep` be `close`.
  public let shutdown: @Sendable (inout App, MonotonicTime) -> Void

  /// The calls by which a transport reaches the connection; each is described at the property of its name.
  public init(
    nextStep: @escaping @Sendable (inout App, MonotonicTime) -> OutgoingStep,
    opened: @escaping @Sendable (inout App, MonotonicTime) -> Void,
    failed: @escaping @Sendable (inout App, [UInt8], MonotonicTime) -> Void,
    receive: @escaping @Sendable (inout App, Span<UInt8>, MonotonicTime) -> Int,
    writeOutput: @escaping @Sendable (inout App, MonotonicTime, (Span<UInt8>) -> Int) -> Void,
    closed: @escaping @Sendable (inout App, [UInt8], MonotonicTime) -> Void,
    shutdown: @escaping @Sendable (inout App, MonotonicTime) -> Void
  ) {
    self.nextStep = nextStep
    self.opened = opened
    self.failed = failed
    self.receive = receive
    self.writeOutput = writeOutput
    self.closed = closed
    self.shutdown = shutdown
  }
}
