// SPDX-License-Identifier: MIT

// Why a state could not be loaded or stored, in words for the person who started the program.

public import SystemCalls

/// Why a state file could not be used; each case has the path.
public enum StateFileError: Error, Equatable, CustomStringConvertible {
  /// The file is not a state that was saved; it is now at `place`, and nothing is at its path.
  case keptAside(path: String, StateFileFlaw, place: String)
  /// The file is not a state that was saved, and could not be moved to `place`; it is where it was.
  case notKeptAside(path: String, StateFileFlaw, place: String, SystemError)
  /// A folder, a link, a device or the like is at the path. It is left alone.
  case notAFile(path: String)
  /// Another program that runs keeps its state in this file.
  case inUse(path: String)
  /// The system refused to read the file.
  case unreadable(path: String, SystemError)
  /// The system refused to write it. What was saved before is still there, or else the new state is.
  case unwritable(path: String, SystemError)

  /// One line without an end of line.
  public var description: String {
    switch self {
    case .keptAside(let path, let flaw, let place): "\(path) \(flaw); it is kept as \(place)"
    case .notKeptAside(let path, let flaw, let place, let error):
      "\(path) \(flaw), and cannot be kept as \(place): \(error)"
    case .notAFile(let path): "\(path) is not a regular file"
    case .inUse(let path):
      "another program that runs keeps its state in \(path): end that one, or give this one a file of its own"
    case .unreadable(let path, let error): "cannot read \(path): \(error)"
    case .unwritable(let path, let error): "cannot write \(path): \(error)"
    }
  }
}
