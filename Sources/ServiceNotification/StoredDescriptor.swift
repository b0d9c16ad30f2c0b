// SPDX-License-Identifier: MIT

// Descriptors that a manager hands over when it starts the program: they are open already, one after the other from
// number 3 on.
// Source: sd_listen_fds_with_names(3); sd_notify(3), FDNAME.

import SystemCalls

/// An open descriptor that was handed over, by name.
struct StoredDescriptor: Sendable {
  let name: String
  let number: Int32

  /// The descriptors from `first` on, one for each of `names` as far as they are open; a program that is started later
  /// does not get them.
  static func handedOver(as names: [String], from first: Int32) -> [StoredDescriptor] {
    zip(names, first...).prefix { fcntl($0.1, F_SETFD, FD_CLOEXEC) == 0 }.map { StoredDescriptor(name: $0, number: $1) }
  }

  /// Whether a manager takes `name`.
  static func isValid(name: String) -> Bool {
    (1...255).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: ":") }
  }
}
