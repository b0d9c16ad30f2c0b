// SPDX-License-Identifier: MIT

// A whole file, within a bound: a description is a page of text, not a device that never ends.

import SystemCalls

enum ReadFile {
  /// The content of the file; one byte more than `limit` at most, so that it can be told to be too long.
  static func bytes(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    try Descriptor(opening: path, O_RDONLY).bytes(count: limit + 1)
  }
}
