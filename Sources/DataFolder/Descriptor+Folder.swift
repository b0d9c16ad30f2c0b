// SPDX-License-Identifier: MIT

// The few system calls that read a folder: openat, fstatat, fstat, readdir.
// Rule: below the root a name is opened relative to its folder, and never through a symbolic link. Nothing
// waits for another process: O_NONBLOCK opens a FIFO at once. Source: POSIX.1-2024.

import SystemCalls

/// A name in a folder, as the system has it: bytes with a NUL at the end.
typealias EntryName = [CChar]

extension Descriptor {
  /// Opens the folder at `path`, through links if there are any.
  static func root(_ path: String) throws(SystemError) -> Descriptor {
    try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
  }

  /// Opens the folder `name` in this folder, which is not a link.
  func folder(_ name: EntryName) throws(SystemError) -> Descriptor {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    return Descriptor(owning: try SystemError.check { openat(number, name, flags) })
  }

  /// Opens whatever `name` is in this folder, unless it is a link; a FIFO or a device does not block.
  func file(_ name: EntryName) throws(SystemError) -> Descriptor {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    return Descriptor(owning: try SystemError.check { openat(number, name, flags) })
  }

  /// What `name` is in this folder, found without opening it; of a link: the link.
  func status(of name: EntryName) throws(SystemError) -> FileStatus {
    var status = stat()
    _ = try SystemError.check { fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }
    return FileStatus(status)
  }

  /// The names in this folder that are not hidden, or one more than `limit` of them if there are more.
  func names(limit: Int) throws(SystemError) -> [EntryName] {
    // A stream closes its descriptor, so it gets one of its own.
    let own = try SystemError.check { openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = fdopendir(own) else {
      let error = SystemError.last
      close(own)
      throw error
    }
    defer { closedir(stream) }
    var names: [EntryName] = []
    while names.count <= limit {
      errno = 0  // readdir sets it only on an error
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw .last }
        break
      }
      // In place: the record ends with its name, so a copy of the whole declared field would read past it.
      let field = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
      let name = field.assumingMemoryBound(to: CChar.self)
      let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
      guard !HiddenNames.contains(Array(bytes)) else { continue }
      names.append(EntryName(UnsafeBufferPointer(start: name, count: bytes.count + 1)))
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
