// SPDX-License-Identifier: MIT

// What the server's own code can do wrong with a connection. Nothing of the refused call goes out.

/// A misuse of `HTTPConnection` by its owner.
public enum LocalProtocolError: Error, Hashable, Sendable {
  /// The call does not fit the state: see the table in `ConnectionStates`.
  case wrongState
  /// More or fewer body bytes than the head announced.
  case bodyLengthMismatch
}
