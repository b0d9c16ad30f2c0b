// SPDX-License-Identifier: MIT

// What a transport calls, forwarded to the server; `poll` runs the loop, so that every event that came in has
// reached the pins and the clients before the transport looks for output.

public import DeviceServer
public import Timebase

extension RemoteControl: Application
where StatusPin: ~Copyable, LedPin: ~Copyable, ButtonPin: ~Copyable {
  public mutating func accept(from remote: RemoteAddress, now: MonotonicTime) -> ConnectionID? {
    server.accept(from: remote, now: now, &device)
  }

  public mutating func receive(
    _ bytes: Span<UInt8>, from connection: ConnectionID, now: MonotonicTime
  ) -> Int {
    server.receive(bytes, from: connection, now: now, &device)
  }

  public mutating func endOfStream(_ connection: ConnectionID, now: MonotonicTime) {
    server.endOfStream(connection, now: now, &device)
  }

  public mutating func disconnected(_ connection: ConnectionID, now: MonotonicTime) {
    server.disconnected(connection, now: now, &device)
  }

  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    let ofServer = server.poll(now: now, &device)
    return min(loop(now: now), ofServer ?? .distantFuture)
  }

  public mutating func nextAction() -> TransportAction? { server.nextAction() }

  public mutating func writeOutput(
    _ connection: ConnectionID, now: MonotonicTime, _ accept: (Span<UInt8>) -> Int
  ) {
    server.writeOutput(connection, now: now, &device, accept)
  }

  public mutating func shutdown(now: MonotonicTime) { server.shutdown(now: now) }
}
