// SPDX-License-Identifier: MIT

// What a file that must never be lost needs of the file system: lstat, rename, unlink, mkdir, fsync of a file and of a
// folder.
// Rule: a name comes to be on disk only after what it names, and each step leaves something that the next start copes
// with. Source: POSIX.1-2024 (rename is atomic; fsync of a folder makes its names last).

extension SystemError {
  /// A new name was to be made, and it is taken.
  public static let alreadyThere = SystemError(code: EEXIST)
}

/// Whole files by their paths: read at once, replaced at once.
public enum FileSystem {
  /// What is at a path.
  public enum Entry: Sendable {
    /// There is no such name.
    case nothing
    /// A regular file, with its content.
    case file([UInt8])
    /// A folder, a link, a device, a FIFO or a socket.
    case special
  }

  /// What is at `path`, with the first `limit` bytes of a file.
  public static func entry(at path: String, limit: Int) throws(SystemError) -> Entry {
    do throws(SystemError) {
      guard try FileStatus(of: path).kind == .file else { return .special }  // even opening a device may do something
      let file = try Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      return .file(try file.bytes(count: limit))
    } catch .noSuchEntry {
      return .nothing
    }
  }

  /// Renames `path` to `place`, unless there is something: then the error is `alreadyThere`.
  public static func move(_ path: String, toFree place: String) throws(SystemError) {
    // A rename replaces whatever has the name; so an empty file takes it first, if it is free.
    _ = try Descriptor(opening: place, O_WRONLY | O_CREAT | O_EXCL)
    do throws(SystemError) {
      try SystemError.check { rename(path, place) }
    } catch {
      unlink(place)
      throw error
    }
  }

  /// Makes `bytes` the content of the file at `path`, at once and for good; makes its folder if there is none.
  ///
  /// An error before the rename leaves the old file and nothing else; one of the last step leaves the new file, which a
  /// failure of the power may take back.
  ///
  /// - Parameters:
  ///   - permissions: Who may read and write it; the mask of the process takes away from them.
  ///   - owner: Whose it shall be, which only root may say; nil for the user of the process.
  public static func replace(
    _ path: String, with bytes: [UInt8], permissions: mode_t = 0o644, owner: (user: uid_t, group: gid_t)? = nil
  ) throws(SystemError) {
    switch path.utf8.last {  // without a name at its end, a temporary would be made, and somewhere else
    case nil: throw .noSuchEntry
    case UInt8(ascii: "/"): throw SystemError(code: EISDIR)
    default: break
    }
    let folder = try openFolder(folder(of: path))
    let temporary = "\(path).new"
    unlink(temporary)  // of a program that was killed; if that fails, the next call says why
    do throws(SystemError) {
      let file = try Descriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, permissions: permissions)
      if let owner { try SystemError.check { fchown(file.number, owner.user, owner.group) } }
      try file.write(bytes)
      try file.synchronize()
      try SystemError.check { rename(temporary, path) }
    } catch {
      unlink(temporary)
      throw error
    }
    try synchronizeNames(in: folder)
  }

  /// Makes a folder and all above it, if they are missing.
  public static func makeFolder(_ path: String) throws(SystemError) { _ = try openFolder(path) }

  /// Opens the file at `path`, which is made if there is none, and its folder, too.
  public static func make(_ path: String) throws(SystemError) -> Descriptor {
    _ = try openFolder(folder(of: path))
    return try Descriptor(opening: path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
  }

  /// Opens a folder; if it is missing, it is made first, and all above it.
  private static func openFolder(_ path: String) throws(SystemError) -> Descriptor {
    do throws(SystemError) {
      return try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    } catch where error == .noSuchEntry && folder(of: path) != path {
      let parent = try openFolder(folder(of: path))
      do throws(SystemError) { try SystemError.check { mkdir(path, 0o755) } } catch .alreadyThere {}
      try synchronizeNames(in: parent)
      return try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    }
  }

  private static func synchronizeNames(in folder: borrowing Descriptor) throws(SystemError) {
    do throws(SystemError) {
      try folder.synchronize()
    } catch where error.code == EINVAL {
      // A file system that cannot: there is nothing more to be done.
    }
  }

  /// The folder that the last name of `path` is in.
  public static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
