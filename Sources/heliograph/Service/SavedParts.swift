// SPDX-License-Identifier: MIT

// What the parts showed before this start, and the file in which that is kept.

import Parts
import StateFile

/// What was saved before this start.
struct SavedParts: Sendable {
  /// Where the state is kept; nil if no part restores anything, and nothing is announced or to be taken back.
  let file: StateFile?
  /// What was saved; nil if there was nothing.
  let state: SavedState?
  /// Keeps other programs from using the file.
  private let lock: StateLock?

  /// Reads the file at `path`, if some part of `device` restores something, or Home Assistant is told of it, or was.
  /// Reports a file that cannot be used.
  ///
  /// - Throws: `StateFileError.inUse` if another program that runs uses the file.
  init(_ device: Device, _ broker: BrokerSettings?, path: String, say: (String) -> Void) throws {
    guard
      broker?.isAnnounced == true || device.parts.contains(where: { $0.saved != nil })
        || broker?.wasAnnounced((try? StateFile(path: path).load()) ?? nil) == true
    else {
      (file, state, lock) = (nil, nil, nil)
      return
    }
    let file = StateFile(path: path)
    lock = try file.lock()
    self.file = file
    do throws(StateFileError) {
      state = try file.load()
    } catch {
      say(error.description)
      state = nil
    }
  }

  /// Gives the parts what they had.
  func restore(_ device: inout Device) {
    for entry in state?.entries ?? [] { device.restore(entry.name.span, entry.values) }
  }
}
