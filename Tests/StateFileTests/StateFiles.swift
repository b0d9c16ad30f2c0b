// SPDX-License-Identifier: MIT

// The state file of a test, and what a whole one holds.

import ConformanceSupport
import StateFile

extension TemporaryFolder {
  /// The state file that the tests use.
  var file: StateFile { StateFile(path: path(of: "state")) }
}

/// The two contents that a whole file can have; the checksums are those of Python's zlib.
enum Whole {
  static let on = bytes("heliograph-state 1\nled on\ncrc32 2204b568\n")
  static let off = bytes("heliograph-state 1\nled off\ncrc32 b6c79e5f\n")
  static let both = [on, off]
}
