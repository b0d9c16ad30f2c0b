// SPDX-License-Identifier: MIT

// Why a data folder cannot be served, in words for the person who started the program.

import SystemCalls

/// Why a folder could not be loaded; each case has the path, and the limit if there is one, in the limit's unit.
public enum DataFolderError: Error, Equatable, CustomStringConvertible {
  /// There is nothing at the path.
  case noSuchFolder(path: String)
  /// There is a file at the path, or on the way to it.
  case notAFolder(path: String)
  /// The folder may not be listed.
  case permissionDenied(path: String)
  /// More files and folders than `DataFolder.Limits.files`.
  case tooManyFiles(path: String, limit: Int)
  /// A folder deeper than `DataFolder.Limits.depth`.
  case tooDeep(path: String, limit: Int)
  /// A file longer than `DataFolder.Limits.fileSize`.
  case fileTooLarge(path: String, limit: Int)
  /// Files that are together longer than `DataFolder.Limits.totalSize`.
  case folderTooLarge(path: String, limit: Int)
  /// The system refused for another reason, with its `errno`.
  case system(path: String, code: Int32)

  /// One line without an end of line.
  public var description: String {
    switch self {
    case .noSuchFolder(let path): "cannot open the folder \(path): \(SystemError.noSuchEntry)"
    case .notAFolder(let path): "cannot open the folder \(path): \(SystemError.notAFolder)"
    case .permissionDenied(let path): "cannot open the folder \(path): \(SystemError.accessDenied)"
    case .tooManyFiles(let path, let limit): "more than \(limit) files in the folder \(path)"
    case .tooDeep(let path, let limit): "the folder \(path) is more than \(limit) folders deep"
    case .fileTooLarge(let path, let limit): "the file \(path) is larger than \(limit) bytes"
    case .folderTooLarge(let path, let limit): "more than \(limit) bytes in the folder \(path)"
    case .system(let path, let code): "cannot read \(path): \(SystemError(code: code))"
    }
  }

  /// What `error` means when it is about the folder at `path` itself.
  init(_ error: SystemError, path: String) {
    self =
      switch error {
      case .noSuchEntry: .noSuchFolder(path: path)
      case .notAFolder: .notAFolder(path: path)
      case .accessDenied, .notPermitted: .permissionDenied(path: path)
      default: .system(path: path, code: error.code)
      }
  }
}
