// SPDX-License-Identifier: MIT

// A whole file, within a bound: a description is a page of text, not a device that never ends.

import SystemCalls

enum ReadFile {
  /// The content of the file; one byte more than `limit` at most, so that one that is too long is recognized.
  ///
  /// Anything but a regular file is refused: a FIFO would be waited for, and a device may never end.
  ///
  /// - Parameter what: What the file is, for the words of an error.
  static func bytes(_ path: String, limit: Int, what: String = "") throws(StartFailure) -> [UInt8] {
    do throws(SystemError) {
      let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
      if try file.status().kind == .file { return try file.bytes(count: limit + 1) }
    } catch {
      throw failure(path, what, "\(error)\(advice(for: error))")
    }
    throw failure(path, what, "it is a folder, a device or a pipe, and not a file")
  }

  /// What is said of a file that cannot be used as `what`.
  static func failure(_ path: String, _ what: String, _ words: String) -> StartFailure {
    StartFailure(description: "cannot read \(what.isEmpty ? "" : "the \(what) ")\(path): \(words)")
  }

  private static func advice(for error: SystemError) -> String {
    switch error {
    case .noSuchEntry: "; give the path of a file that is there"
    case .accessDenied, .notPermitted: "; let the user who runs this read it"
    default: ""
    }
  }
}
