// SPDX-License-Identifier: MIT

// The remote control on the simulated board: before the application looks at its button, the board does what its
// keyboard said.

import DeviceServer
import RemoteControl
import SimulatedBoard
import Timebase

/// The application that the transport runs.
struct SimulatedDevice: Application, ~Copyable {
  var remoteControl: RemoteControl<SimulatedOutputPin, SimulatedOutputPin, SimulatedInputPin>
  let board: SimulatedBoard

  mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    let ofBoard = board.poll(now: now) ?? .distantFuture
    let ofRemoteControl = remoteControl.poll(now: now) ?? .distantFuture
    return min(ofBoard, ofRemoteControl)
  }

  mutating func accept(from remote: RemoteAddress, now: MonotonicTime) -> ConnectionID? {
    remoteControl.accept(from: remote, now: now)
  }

  mutating func receive(_ bytes: Span<UInt8>, from connection: ConnectionID, now: MonotonicTime) -> Int {
    remoteControl.receive(bytes, from: connection, now: now)
  }

  mutating func endOfStream(_ connection: ConnectionID, now: MonotonicTime) {
    remoteControl.endOfStream(connection, now: now)
  }

  mutating func disconnected(_ connection: ConnectionID, now: MonotonicTime) {
    remoteControl.disconnected(connection, now: now)
  }

  mutating func nextAction() -> TransportAction? { remoteControl.nextAction() }

  mutating func writeOutput(_ connection: ConnectionID, now: MonotonicTime, _ accept: (Span<UInt8>) -> Int) {
    remoteControl.writeOutput(connection, now: now, accept)
  }

  mutating func shutdown(now: MonotonicTime) { remoteControl.shutdown(now: now) }
}
