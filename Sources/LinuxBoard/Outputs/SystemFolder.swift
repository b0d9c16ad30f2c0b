// SPDX-License-Identifier: MIT

// The kernel's tree of attributes: each is a small file that is read or written whole, in one call.
// Rule: its root is a parameter, so that a folder of the same shape stands in where a kernel has no such channels.
// Source: Linux, Documentation/filesystems/sysfs.rst.

#if os(Linux)
  import SystemCalls

  /// Attributes below a folder, `/sys` if it is the kernel's.
  struct SystemFolder: Equatable, Sendable {
    /// Where it is.
    let path: String

    /// The most that is read of an attribute. Most are at most a page; the list of an LED's triggers may be longer.
    private static var limit: Int { 1 << 14 }

    /// A folder below this one.
    func folder(_ name: String) -> SystemFolder { SystemFolder(path: "\(path)/\(name)") }

    /// The names of the folders and files in it, sorted; none if there is no such folder.
    var names: [String] { Self.names(in: path) }

    /// Whether there is a folder or file of that name in it.
    func has(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

    /// The content of an attribute, without spaces and ends of line around it.
    func read(_ name: String) throws(SystemError) -> [UInt8] {
      let bytes = try Self.content(of: "\(path)/\(name)")
      guard let start = bytes.firstIndex(where: { $0 > 0x20 }), let end = bytes.lastIndex(where: { $0 > 0x20 }) else {
        return []
      }
      return Array(bytes[start...end])
    }

    /// The content of an attribute as text; nil if it cannot be read.
    func text(_ name: String) -> String? { (try? read(name)).map { String(decoding: $0, as: UTF8.self) } }

    /// The number in an attribute; nil if it cannot be read or has none.
    func number(_ name: String) -> UInt64? { text(name).flatMap { UInt64($0) } }

    /// Writes an attribute.
    func write(_ name: String, _ text: String) throws(SystemError) {
      try Descriptor(opening: "\(path)/\(name)", O_WRONLY | O_TRUNC).write(Array(text.utf8))
    }

    /// The content of a file, as far as it counts here.
    static func content(of path: String) throws(SystemError) -> [UInt8] {
      try Descriptor(opening: path, O_RDONLY).bytes(count: limit)
    }

    /// The names in a folder, sorted; none if there is no such folder.
    static func names(in path: String) -> [String] {
      guard let folder = opendir(path) else { return [] }
      defer { closedir(folder) }
      var names: [String] = []
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name, fieldText)
        if !name.hasPrefix(".") { names.append(name) }
      }
      return names.sorted()
    }
  }

  extension SystemError {
    /// Whether an attribute that was there is not there any more.
    var meansGone: Bool { [ENOENT, ENODEV, ENXIO].contains(code) }
  }
#endif
