// SPDX-License-Identifier: MIT

// A whole file, within a bound: a description is a page of text, not a device that never ends.

import SystemCalls

enum ReadFile {
  /// The content of the file; one byte more than `limit` at most, so that one that is too long is recognized.
  ///
  /// Anything but a regular file is refused: a FIFO would be waited for, and a device may never end.
  static func bytes(_ path: String, limit: Int) throws -> [UInt8] {
    let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    guard try file.status().kind == .file else {
      throw StartFailure(description: "it is a folder, a device or a pipe, and not a file")
    }
    return try file.bytes(count: limit + 1)
  }
}
