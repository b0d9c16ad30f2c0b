// SPDX-License-Identifier: MIT

// A whole file, within a bound: a description is a page of text, not a device that never ends.

import SystemCalls

enum ReadFile {
  /// The content of the file; one byte more than `limit` at most, so that one that is too long is recognized.
  static func bytes(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    try Descriptor(opening: path, O_RDONLY).bytes(count: limit + 1)
  }
}
