// SPDX-License-Identifier: MIT

// The remote control on its board: before the application looks at its button, the board brings what has happened.

import DeviceComponents
import DeviceServer
import RemoteControl
import SimulatedBoard
import StateFile
import Timebase

#if os(Linux)
  import LinuxGPIO
#endif

/// The application that the transport runs.
struct HostDevice: Application, ~Copyable {
  var remoteControl: RemoteControl<HostOutputPin, HostOutputPin, HostInputPin>
  let board: HostBoard
  /// Decides when the state is saved; nil if it is not.
  var keeper: StateKeeper?
  #if os(Linux)
    /// Yields when there are events of the board to take.
    var boardNews: AsyncStream<Void>.Continuation?
    /// The fault that the remote control knows of.
    var shownFault: GPIOError?
  #endif

  /// What an onlooker sees.
  var boardState: BoardState {
    switch board {
    case .simulated(let board): board.state
    #if os(Linux)
      case .gpio:
        BoardState(
          isLedLit: remoteControl.device.state.isOn, isButtonDown: remoteControl.device.state.isButtonPressed)
    #endif
    }
  }

  mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    let deadline = pollBoard(now: now)
    keeper?.note(SavedState(isLedOn: remoteControl.device.state.isOn))
    return min(deadline ?? .distantFuture, keeper?.poll(now: now) ?? .distantFuture)
  }

  private mutating func pollBoard(now: MonotonicTime) -> MonotonicTime? {
    switch board {
    case .simulated(let board):
      let ofBoard = board.poll(now: now) ?? .distantFuture
      return min(ofBoard, remoteControl.poll(now: now) ?? .distantFuture)
    #if os(Linux)
      case .gpio(let board): return poll(board, now: now)
    #endif
    }
  }

  // MARK: Forwarded

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
