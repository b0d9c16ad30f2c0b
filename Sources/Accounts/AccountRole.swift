// SPDX-License-Identifier: MIT

// The roles that an account may have. Whoever has none of them is nobody, or a guest.

/// What somebody with an account may do; each role includes those before it.
public enum AccountRole: String, CaseIterable, Comparable, Sendable {
  /// See the state.
  case view
  /// See the state and use the parts.
  case control
  /// All of this, and parts that are for administrators, metrics, and everybody's sessions.
  case admin

  public static func < (left: AccountRole, right: AccountRole) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .view: 0
    case .control: 1
    case .admin: 2
    }
  }
}
