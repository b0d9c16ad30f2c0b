// SPDX-License-Identifier: MIT

// What the system says of a file without opening it. Equal statuses mean equal content, but for changes so
// quick that the file system's clock did not tell them apart (see `FileStore.isSure`).

import SystemCalls

/// A file's kind, identity, size and times.
struct FileStatus: Equatable, Sendable {
  enum Kind { case file, folder, link, special }

  /// A point in the file system's time.
  struct Time: Comparable, Sendable {
    var seconds: Int
    var nanoseconds: Int

    static func < (left: Time, right: Time) -> Bool {
      (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
  }

  var kind: Kind
  var device: UInt64
  var inode: UInt64
  var size: Int
  /// When the content was last written; anyone may set it.
  var modified: Time
  /// When the content, the name or the rights last changed; nobody can set it.
  var changed: Time

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .special
      }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int(clamping: status.st_size)
    #if canImport(Darwin)
      modified = Time(status.st_mtimespec)
      changed = Time(status.st_ctimespec)
    #else
      modified = Time(status.st_mtim)
      changed = Time(status.st_ctim)
    #endif
  }
}

extension FileStatus.Time {
  init(_ time: timespec) {
    self.init(seconds: Int(clamping: time.tv_sec), nanoseconds: Int(clamping: time.tv_nsec))
  }
}
