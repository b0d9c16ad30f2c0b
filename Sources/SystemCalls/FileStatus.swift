// SPDX-License-Identifier: MIT

// What the system says of a file without opening it, as values of our own: a module that imports Foundation as well may
// not read a `stat`, which on Linux is CoreFoundation's there. Equal statuses mean equal content, but for changes so
// quick that the file system's clock did not tell them apart.

/// A file's kind, identity, owner, size and times.
public struct FileStatus: Equatable, Sendable {
  /// What is under a name.
  public enum Kind: Sendable { case file, folder, link, special }

  /// A point in the file system's time.
  public struct Time: Comparable, Sendable {
    /// Seconds since 1970.
    public var seconds: Int
    /// What has passed of the next second.
    public var nanoseconds: Int

    public init(seconds: Int, nanoseconds: Int) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }

    init(_ time: timespec) {
      self.init(seconds: Int(clamping: time.tv_sec), nanoseconds: Int(clamping: time.tv_nsec))
    }

    public static func < (left: Time, right: Time) -> Bool {
      (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
  }

  /// What it is.
  public var kind: Kind
  /// Who may use it: the nine bits of `chmod`, and the three above them.
  public var permissions: mode_t
  /// Whose it is.
  public var owner: uid_t
  /// Whose group's it is.
  public var group: gid_t
  /// Where it is, together with `inode`.
  public var device: UInt64
  /// Its number on its device.
  public var inode: UInt64
  /// How many bytes it has.
  public var size: Int
  /// When the content was last written; anyone may set it.
  public var modified: Time
  /// When the content, the name or the rights last changed; nobody can set it.
  public var changed: Time

  /// What a call such as `fstat` has filled in.
  public init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .special
      }
    permissions = status.st_mode & 0o7777
    (owner, group) = (status.st_uid, status.st_gid)
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

  /// What is at `path`; of a link: the link, or with `followsLinks` what it leads to.
  public init(of path: String, followsLinks: Bool = false) throws(SystemError) {
    var status = stat()
    try SystemError.check { followsLinks ? stat(path, &status) : lstat(path, &status) }
    self.init(status)
  }
}

extension Descriptor {
  /// What is open here.
  public func status() throws(SystemError) -> FileStatus {
    var status = stat()
    try SystemError.check { fstat(number, &status) }
    return FileStatus(status)
  }
}
