// SPDX-License-Identifier: MIT

// For whom a request or a client acts. The server keeps it with each socket and event stream, so that these can be
// ended when a session is revoked.

/// Somebody on whose behalf the server does something.
public struct Principal: Equatable, Sendable {
  /// What they may do.
  public let role: Role
  /// Their name, in ASCII; empty for guests, and where nobody logs in.
  public let name: [UInt8]
  /// The session or token that they came with; 0: none.
  public let session: UInt64

  /// Somebody with `role`.
  public init(role: Role, name: [UInt8] = [], session: UInt64 = 0) {
    self.role = role
    self.name = name
    self.session = session
  }

  /// Somebody who may do nothing.
  public static var nobody: Principal { Principal(role: .none) }

  /// Everybody, on a server that asks for no login.
  public static var everybody: Principal { Principal(role: .admin) }
}
