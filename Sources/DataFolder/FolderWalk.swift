// SPDX-License-Identifier: MIT

// One walk through a folder, to see what there is, and to read what has changed and come to rest.
// Rule: a file's content counts only if its status was the same before and after it was read. An entry that vanishes or
// turns into something else between two calls is left to the next walk.

import Bytes
import SystemCalls
import Timebase

/// A walk through a folder; it tells the store what it meets.
struct FolderWalk {
  /// What is known of the files; whoever walks takes it over afterwards, also after an error.
  var store: FileStore
  /// A line for each thing left out.
  private(set) var skipped: [String] = []

  private let root: String
  private let limits: DataFolder.Limits
  private let now: MonotonicTime
  private var count = 0
  private var totalSize = 0

  init(_ root: String, limits: DataFolder.Limits, _ store: consuming FileStore, at now: MonotonicTime) {
    self.root = root
    self.limits = limits
    self.store = store
    self.now = now
  }

  /// Walks through the folder.
  mutating func run() throws(DataFolderError) {
    store.begin()
    let root = root
    guard let folder = try attempt([], try Descriptor.root(root)) else { return }
    try visit(folder, at: [], depth: 0)
    store.end(at: now)
  }

  private mutating func visit(
    _ folder: borrowing Descriptor, at path: [UInt8], depth: Int
  ) throws(DataFolderError) {
    guard depth <= limits.depth else { throw .tooDeep(path: root, limit: limits.depth) }
    let room = limits.files - count
    guard let names = try attempt(path, try folder.names(limit: room)) else { return }
    for name in names {
      let path = path + [UInt8(ascii: "/")] + name.dropLast().map(UInt8.init(bitPattern:))
      guard count < limits.files else { throw .tooManyFiles(path: root, limit: limits.files) }
      guard let status = try attempt(path, try folder.status(of: name)) else { continue }
      count += 1
      switch status.kind {
      case .file: try visit(name, in: folder, at: path, status)
      case .folder:
        guard let inner = try attempt(path, try folder.folder(name)) else { continue }
        try visit(inner, at: path, depth: depth + 1)
      case .link: skip(path, "symbolic link")
      case .special: skip(path, "not a regular file")
      }
    }
  }

  private mutating func visit(
    _ name: EntryName, in folder: borrowing Descriptor, at path: [UInt8], _ status: FileStatus
  ) throws(DataFolderError) {
    guard status.size <= limits.fileSize else {
      throw .fileTooLarge(path: root + Self.text(path), limit: limits.fileSize)
    }
    guard status.size <= limits.totalSize - totalSize else {
      throw .folderTooLarge(path: root, limit: limits.totalSize)
    }
    totalSize += status.size
    if store.shouldRead(path, status, at: now) { try read(name, in: folder, at: path, status) }
    if let problem = store.files[path]?.problem { skip(path, problem.description) }
  }

  private mutating func read(
    _ name: EntryName, in folder: borrowing Descriptor, at path: [UInt8], _ status: FileStatus
  ) throws(DataFolderError) {
    do throws(SystemError) {
      let before = Int(time(nil))
      let file = try folder.file(name)
      guard try file.status() == status else { return store.wasDisturbed(path, nil, at: now) }
      let bytes = try file.bytes(count: status.size)
      let after = try file.status()
      guard after == status, bytes.count == status.size else { return store.wasDisturbed(path, after, at: now) }
      store.take(path, bytes, status, at: now, clock: (before, Int(time(nil))))
    } catch {
      switch error {
      case .accessDenied, .notPermitted: store.refuse(path, error, status, at: now)
      case .noSuchEntry, .notAFolder, .link: store.wasDisturbed(path, nil, at: now)
      default: throw .system(path: root + Self.text(path), code: error.code)
      }
    }
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
