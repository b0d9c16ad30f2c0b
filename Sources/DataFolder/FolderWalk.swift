// SPDX-License-Identifier: MIT

// One walk through a folder, to see what there is or to read it all.
// Rule: an entry's status is taken before its content, so newer content shows as a change at the next walk.
// An entry that vanishes or turns into something else between two calls is left to the next walk, too.

import Bytes
import SystemCalls

/// A walk through a folder; it collects what it meets.
struct FolderWalk {
  /// A file's content, and when it was last written.
  struct File {
    let path: [UInt8]
    let bytes: [UInt8]
    let modified: FileStatus.Time
  }

  /// Everything that is not hidden, in the order of the walk.
  private(set) var entries: [Snapshot.Entry] = []
  /// The files that were read, each `NAME` before `NAME.gz`.
  private(set) var files: [File] = []
  /// A line for each thing left out.
  private(set) var skipped: [String] = []

  private let root: String
  private let limits: DataFolder.Limits
  private let isReading: Bool
  private var totalSize = 0

  /// Walks through the folder at `root`; a walk that reads no file does not check the sizes either.
  init(_ root: String, limits: DataFolder.Limits, reading isReading: Bool) throws(DataFolderError) {
    self.root = root
    self.limits = limits
    self.isReading = isReading
    guard let folder = try attempt([], try Descriptor.root(root)) else { return }
    try visit(folder, at: [], depth: 0)
  }

  private mutating func visit(
    _ folder: borrowing Descriptor, at path: [UInt8], depth: Int
  ) throws(DataFolderError) {
    guard depth <= limits.depth else { throw .tooDeep(path: root, limit: limits.depth) }
    let room = limits.files - entries.count
    guard let names = try attempt(path, try folder.names(limit: room)) else { return }
    for name in names {
      let path = path + [UInt8(ascii: "/")] + name.dropLast().map(UInt8.init(bitPattern:))
      guard entries.count < limits.files else { throw .tooManyFiles(path: root, limit: limits.files) }
      guard let status = try attempt(path, try folder.status(of: name)) else { continue }
      entries.append(Snapshot.Entry(path: path, status: status))
      switch status.kind {
      case .file:
        if isReading { try readFile(name, in: folder, at: path) }
      case .folder:
        guard let inner = try attempt(path, try folder.folder(name)) else { continue }
        try visit(inner, at: path, depth: depth + 1)
      case .link: skip(path, "symbolic link")
      case .special: skip(path, "not a regular file")
      }
    }
  }

  private mutating func readFile(
    _ name: EntryName, in folder: borrowing Descriptor, at path: [UInt8]
  ) throws(DataFolderError) {
    guard let file = try attempt(path, try folder.file(name)),
      let status = try attempt(path, try file.status()), status.kind == .file
    else { return }
    guard status.size <= limits.fileSize else {
      throw .fileTooLarge(path: root + Self.text(path), limit: limits.fileSize)
    }
    guard status.size <= limits.totalSize - totalSize else {
      throw .folderTooLarge(path: root, limit: limits.totalSize)
    }
    // A file that grows during the walk is read to its old end, so the limits hold.
    guard let bytes = try attempt(path, try file.bytes(count: status.size)) else { return }
    totalSize += bytes.count
    files.append(File(path: path, bytes: bytes, modified: status.modified))
  }

  /// The result of `call`; nil if the entry at `path` is forbidden, which is noted, or no longer what it was.
  /// Every failure at the root, whose path is empty, is an error.
  private mutating func attempt<Result: ~Copyable>(
    _ path: [UInt8], _ call: @autoclosure () throws(SystemError) -> Result
  ) throws(DataFolderError) -> Result? {
    do {
      return try call()
    } catch {
      guard !path.isEmpty else { throw DataFolderError(error, path: root) }
      switch error {
      case .accessDenied, .notPermitted: skip(path, error.description)
      case .noSuchEntry, .notAFolder, .link: break
      default: throw .system(path: root + Self.text(path), code: error.code)
      }
      return nil
    }
  }

  private mutating func skip(_ path: [UInt8], _ reason: String) {
    skipped.append("\(Self.text(path)): \(reason)")
  }

  /// `path` for a log line: a name may hold anything, line ends included.
  private static func text(_ path: [UInt8]) -> String {
    var words: [UInt8] = []
    words.append(printable: path.span)
    return String(decoding: words, as: UTF8.self)
  }
}
