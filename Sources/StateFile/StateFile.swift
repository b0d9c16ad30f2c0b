// SPDX-License-Identifier: MIT

// The file in which a state survives a restart. Rule: whenever the program or the power fails, the file is the old one
// or the new one, whole; and no file is ever lost: one that is not ours is moved aside before its path is used, to a
// name that nothing had.

import SystemCalls

/// A state on disk.
///
/// One program writes it, one state at a time. Both calls wait for the disk, so they belong on a queue beside the event
/// loop; `SaveSchedule` says when.
public struct StateFile: Sendable {
  /// Where the file is.
  public let path: String

  /// The file at `path`, which need not be there yet, nor its folder.
  public init(path: String) { self.path = path }

  /// The state that was stored last; nil if there is no file.
  ///
  /// A file that is not a state is renamed to `PATH.damaged`, or `PATH.damaged-2` up to `-10` if there is one, and the
  /// error says so; nothing is at the path then. Whatever is not a regular file is left where it is.
  public func load() throws(StateFileError) -> SavedState? {
    let entry: FileSystem.Entry
    do throws(SystemError) {
      entry = try FileSystem.entry(at: path, limit: SavedState.sizeLimit + 1)
    } catch {
      throw .unreadable(path: path, error)
    }
    switch entry {
    case .nothing: return nil
    case .special: throw .notAFile(path: path)
    case .file(let bytes):
      do throws(StateFileFlaw) {
        return try SavedState(decoding: bytes.span)
      } catch {
        throw keepAside(error)
      }
    }
  }

  /// Puts `state` into the file; when this returns, it is on the disk. Folders that are missing are made.
  ///
  /// It replaces a state file or nothing: anything else at the path is the error that `load()` gives. After
  /// `keptAside` the path is free, and another call stores.
  public func store(_ state: SavedState) throws(StateFileError) {
    _ = try load()
    do throws(SystemError) {
      try FileSystem.replace(path, with: state.encoded)
    } catch {
      throw .unwritable(path: path, error)
    }
  }

  /// How many files that are not a state are kept; a person must remove more than that.
  private static let placeLimit = 10

  /// Moves the file to the first place that is free; returns the error that reports it.
  private func keepAside(_ flaw: StateFileFlaw) -> StateFileError {
    var number = 1
    while true {
      let place = number == 1 ? "\(path).damaged" : "\(path).damaged-\(number)"
      do throws(SystemError) {
        try FileSystem.move(path, toFree: place)
        return .keptAside(path: path, flaw, place: place)
      } catch where error == .alreadyThere && number < Self.placeLimit {
        number += 1
      } catch {
        return .notKeptAside(path: path, flaw, place: place, error)
      }
    }
  }
}
