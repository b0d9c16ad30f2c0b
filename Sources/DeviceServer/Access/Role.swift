// SPDX-License-Identifier: MIT

// What people may do, in four steps, each of which includes those before it. Routes and endpoints say which they need;
// whoever judges a request says which its sender has.

import HTTPCore

/// How much somebody may do with a device.
public enum Role: UInt8, Comparable, Sendable {
  /// Nothing that needs a login.
  case none
  /// See the state.
  case view
  /// See the state and use the parts.
  case control
  /// All of this, and parts that are for administrators, metrics, and everybody's sessions.
  case admin

  /// Its name in settings and messages.
  public var word: StaticString {
    switch self {
    case .none: "none"
    case .view: "view"
    case .control: "control"
    case .admin: "admin"
    }
  }

  /// What a route needs unless it says otherwise: to look at something is less than to change it.
  static func standard(for method: HTTPMethod) -> Role {
    method.isSafe ? .view : .control
  }

  public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
