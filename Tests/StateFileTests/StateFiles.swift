// SPDX-License-Identifier: MIT

// The state file of a test, and what a whole one holds.

import ConformanceSupport
import Parts
import StateFile

extension TemporaryFolder {
  /// The state file that the tests use.
  var file: StateFile { StateFile(path: path(of: "state")) }
}

/// Contents that a whole file can have; the checksums are those of Python's zlib.
enum Whole {
  static let on = bytes(#"heliograph-state 2\nled {"on":true}\ncrc32 7772aebb\n"#.replacing(#"\n"#, with: "\n"))
  static let off = bytes(#"heliograph-state 2\nled {"on":false}\ncrc32 71d903a2\n"#.replacing(#"\n"#, with: "\n"))
  static let both = [on, off]
}

extension SavedState {
  /// A state of one switch, which is all that most tests need.
  init(isLedOn: Bool) { self.init([Entry(name: bytes("led"), values: PartValues(isOn: isLedOn))]) }

  /// What such a state says.
  var isLedOn: Bool { self[bytes("led")]?.isOn == true }
}
