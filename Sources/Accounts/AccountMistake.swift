// SPDX-License-Identifier: MIT

// What is wrong with something that a person asked for, in words for that person.

/// Why an account could not be changed as asked.
public enum AccountMistake: Error, Equatable, Sendable, CustomStringConvertible {
  /// It cannot be the name of anybody.
  case badName
  /// It is what a change is said to be made by, and would be mistaken for it.
  case reservedName(String)
  /// A user or a token has this name.
  case nameTaken(AccountName)
  /// No user has this name.
  case noUser(AccountName)
  /// No token has this name.
  case noToken(AccountName)
  /// No session begins like this, or several do.
  case noSession(String)
  /// There are as many users, or tokens, as there may be.
  case tooMany(String, limit: Int)
  /// Nobody could manage the device any more.
  case lastAdmin(AccountName)
  /// Fewer than 8 characters.
  case shortPassword
  /// More than 256 bytes of UTF-8.
  case longPassword
  /// It is not UTF-8.
  case notUTF8
  /// It is the name of its user.
  case passwordIsName
  /// The one-time link is not the one that was made last, has been used, or is too old.
  case linkIsOver

  /// One line without an end of line, to follow `heliograph: ` or to stand on a page.
  public var description: String {
    switch self {
    case .badName: "a name is a letter and up to 31 more of a-z, 0-9, dot, hyphen and underscore"
    case .reservedName(let name): "nobody can be called \(name): changes are said to be made by it; choose another name"
    case .nameTaken(let name): "there is a user or a token called \(name) already"
    case .noUser(let name): "there is no user called \(name); heliograph user list shows them"
    case .noToken(let name): "there is no token called \(name); heliograph token list shows them"
    case .noSession(let id): "there is no session \(id), or several begin so; heliograph session list shows them"
    case .tooMany(let what, let limit): "there are \(limit) \(what) already; remove one first"
    case .lastAdmin(let name): "\(name) is the last admin, and somebody must manage the device: add another first"
    case .shortPassword: "a password has at least \(Password.minimumCharacters) characters"
    case .longPassword: "a password has at most \(Password.maximumSize) bytes"
    case .notUTF8: "the password is not UTF-8"
    case .passwordIsName: "the password must not be the name"
    case .linkIsOver: "this link is over: it works once, for a day, until the next start; a start prints a new one"
    }
  }
}
