// SPDX-License-Identifier: MIT

// A small file that is for its owner only. Rule: whenever the program or the power fails, the file is the old one or
// the new one, whole; and there is no moment at which others may read it.
// Source: POSIX.1-2024 (rename is atomic; fsync of a folder makes its names last).

import SystemCalls

struct SecretFile {
  let path: String

  /// More than any key with its certificates.
  private static let limit = 65_536

  /// What is in the file; nil if there is none. A file that others may read is theirs no longer.
  func load() throws(LocalCertificateError) -> [UInt8]? {
    do throws(SystemError) {
      let status = try FileStatus(of: path)
      guard status.kind == .file else { throw LocalFailure.special }
      let file = try Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      if status.permissions & 0o077 != 0 { try SystemError.check { fchmod(file.number, 0o600) } }
      return try file.bytes(count: Self.limit)
    } catch .noSuchEntry {
      return nil
    } catch LocalFailure.special {
      throw .notAFile(path: path)
    } catch {
      throw .unreadable(path: path, error)
    }
  }

  /// Makes `bytes` the content of the file, at once and for good; makes its folder if there is none.
  func store(_ bytes: [UInt8]) throws(LocalCertificateError) {
    do throws(SystemError) {
      let folder = try Self.openFolder(Self.folder(of: path))
      let temporary = path + ".new"
      unlink(temporary)  // of a program that was killed
      do throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = Descriptor(owning: try SystemError.check { open(temporary, flags, 0o600) })
        try SystemError.check { fchmod(file.number, 0o600) }
        try file.write(bytes)
        try file.synchronize()
        try SystemError.check { rename(temporary, path) }
      } catch {
        unlink(temporary)
        throw error
      }
      try Self.synchronizeNames(in: folder)
    } catch {
      throw .unwritable(path: path, error)
    }
  }

  /// Opens a folder; if it is missing, it is made first, and all above it.
  private static func openFolder(_ path: String) throws(SystemError) -> Descriptor {
    do throws(SystemError) {
      return try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    } catch where error == .noSuchEntry && folder(of: path) != path {
      let parent = try openFolder(folder(of: path))
      do throws(SystemError) {
        try SystemError.check { mkdir(path, 0o755) }
      } catch where error.code == EEXIST {}
      try synchronizeNames(in: parent)
      return try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    }
  }

  private static func synchronizeNames(in folder: borrowing Descriptor) throws(SystemError) {
    // EINVAL: a file system that cannot.
    do throws(SystemError) { try folder.synchronize() } catch where error.code == EINVAL {}
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// What `lstat` finds in place of a file.
private enum LocalFailure {
  static let special = SystemError(code: EISDIR)
}
