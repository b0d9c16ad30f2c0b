// SPDX-License-Identifier: MIT

// What belongs to the event loop beside the application: the board, and the console, which shows what changes in a line
// each. It is used on the loop only; others reach it through `ProgramStateBox`.

import Bytes
import HostTransport
import Parts
import RemoteControl
import SimulatedBoard
import SystemCalls
import Timebase

#if os(Linux)
  import LinuxBoard
#endif

/// The board and the console of a device.
final class ProgramState {
  /// The board, if it is simulated.
  let simulated: SimulatedBoard?
  #if os(Linux)
    /// The board, if it is this machine's.
    var linux: LinuxBoard?
  #endif
  private var console: BoardConsole
  private var shownRevision: UInt64

  init(_ device: Device, simulated: SimulatedBoard? = nil) {
    self.simulated = simulated
    console = BoardConsole(mode: .words, parts: device.parts.map { PartView($0) })
    shownRevision = device.revision
  }

  /// Carries out a command from standard input.
  func obey(_ line: String, _ device: inout Device, now: MonotonicTime) {
    for command in console.receive(Array((line + "\n").utf8).span) {
      switch command {
      case .board(let event): simulated?.apply(event)
      case .device(let part, let command):
        do throws(CommandError) {
          try device.perform(command, on: part, by: .terminal, now: now)
        } catch {
          console.refuse(part: part, error)
        }
      case .quit: break  // the end of the input is not the end of the device
      }
    }
  }

  /// Prints what has changed.
  func show(_ context: inout RemoteControlContext) {
    context.log.drain { _, line in console.print(line) }
    if context.device.revision != shownRevision {
      shownRevision = context.device.revision
      console.show(context.device.parts.map { PartView($0) })
    }
    guard console.hasOutput else { return }
    console.writeOutput { bytes in
      StandardStreams.print([UInt8](bytes))
      return bytes.count
    }
  }
}

/// The same, for code that does not run on its event loop.
typealias ProgramStateBox = ThreadConfined<ProgramState?>
