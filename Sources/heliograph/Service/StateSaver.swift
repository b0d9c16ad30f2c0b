// SPDX-License-Identifier: MIT

// Writes the device's state to its file, on a thread that may wait for the disk. When to write is the schedule's
// decision, on the event loop.

import Logging
import HostTransport
import RemoteControl
import StateFile

struct StateSaver {
  let file: StateFile
  let transport: HostTransport<RemoteControl>
  let loopState: LoopStateBox
  let console: Console
  /// What is to be written, one after the other.
  let writes: AsyncStream<SavedState>

  /// Writes until the task is cancelled; what is being written then is finished.
  func run() async {
    var lastReason: String?
    for await state in writes {
      let reason = await store(state)
      if Task.isCancelled { lastReason = reason }  // what was not written is at the end
      if let reason, reason != lastReason { console.log(.warning, "the state is not saved: \(reason)") }
      if reason == nil, lastReason != nil { console.log(.notice, "the state is saved again") }
      lastReason = reason
      _ = try? await transport.withLoopState(loopState) { $0.saveSchedule?.written(success: reason == nil) }
    }
  }

  /// Writes what is not on disk at the end of the program.
  func finish() async {
    guard let state = try? await transport.withLoopState(loopState, { $0.saveSchedule?.unsaved }) ?? nil else { return }
    if let reason = await store(state) { console.log(.error, "the state is not saved: \(reason)") }
  }

  /// Returns why the state could not be written, if so.
  private func store(_ state: SavedState) async -> String? {
    await BlockingWork.run { [file] in
      do throws(StateFileError) {
        try file.store(state)
        return nil
      } catch {
        return error.description
      }
    }
  }
}
