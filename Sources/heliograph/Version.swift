// SPDX-License-Identifier: MIT

// The version of the program and of its package; `Identity.version`, which firmware has as well, is the same.

enum Version { static let string = "0.9.0" }

extension Version {
  /// What `--version` prints, of every command.
  static let line = "heliograph \(string)"
}
