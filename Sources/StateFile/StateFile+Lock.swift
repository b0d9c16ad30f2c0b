// SPDX-License-Identifier: MIT

// One program for one state file: two would overwrite each other's. What is locked is a file beside it that stays,
// since the state file itself is replaced at each write. The lock goes with the process, however it ends.
// Source: flock(2), which Linux, macOS and the BSDs have.

import SystemCalls

/// What keeps other programs from using a state file; its end, and that of the process, lets them.
public final class StateLock: Sendable {
  private let descriptor: Descriptor

  fileprivate init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}

extension StateFile {
  /// Keeps other programs from using the file, by a lock on `PATH.lock`, which stays there.
  ///
  /// Nil if nothing can be locked there: no state can be stored there either, or the file system has no locks.
  /// - Throws: `StateFileError.inUse` if another program has the lock, and nothing else.
  public func lock() throws(StateFileError) -> StateLock? {
    do throws(SystemError) {
      if case .special = try FileSystem.entry(at: path, limit: 0) { return nil }
      let descriptor = try FileSystem.make("\(path).lock")
      try SystemError.check { flock(descriptor.number, LOCK_EX | LOCK_NB) }
      return StateLock(descriptor)
    } catch .wouldBlock {
      throw .inUse(path: path)
    } catch {
      return nil
    }
  }
}
