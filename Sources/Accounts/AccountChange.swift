// SPDX-License-Identifier: MIT

// What can happen to a table of accounts. A change is a value, because it is done twice: at once to the table that the
// event loop asks, and then to the one in the file, which the command line may have changed in the meantime.

/// A change of the accounts.
public enum AccountChange: Equatable, Sendable {
  /// Somebody new.
  case addUser(AccountTable.User)
  /// A user goes, and all sessions of theirs.
  case removeUser(AccountName)
  /// A new password: all sessions of that user end.
  case setPassword(AccountName, PasswordHash, number: UInt64)
  /// A new role.
  case setRole(AccountName, AccountRole)
  /// The same password, hashed at more cost; nothing if the user has another one by now.
  case rehash(number: UInt64, PasswordHash)
  /// A new token.
  case addToken(AccountTable.Token)
  /// A token goes.
  case removeToken(AccountName)
  /// Somebody logged in; nothing if the user has another password by now.
  case addSession(AccountTable.Session, userNumber: UInt64)
  /// A session was used at that time, in seconds since 1970.
  case see(session: UInt64, at: UInt64)
  /// A session ends.
  case endSession(UInt64)
  /// All sessions of a user end, or of everybody.
  case endSessions(of: AccountName?)
  /// All sessions end that nobody has used for 30 days at that time.
  case endOldSessions(at: UInt64)
  /// A new one-time link; the one before is over.
  case setLink(AccountTable.Link?)
  /// Somebody used the one-time link.
  case createOwner(AccountTable.User, link: SecretDigest)

  /// A new password with a number of its own.
  public static func newPassword(_ name: AccountName, _ hash: PasswordHash) -> AccountChange {
    .setPassword(name, hash, number: .random(in: 1 ... .max))
  }
}

extension AccountTable {
  /// Does a change, all of it or, with an error, nothing.
  ///
  /// - Throws: What is missing, taken or full, or that it would leave no admin.
  public mutating func apply(_ change: AccountChange) throws(AccountMistake) {
    switch change {
    case .addUser(let user): try add(user)
    case .removeUser(let name): try removeUser(name)
    case .setPassword(let name, let hash, let number): try setPassword(of: name, hash, number: number)
    case .setRole(let name, let role): try setRole(of: name, role)
    case .rehash(let number, let hash):
      if let index = users.firstIndex(where: { $0.number == number }) { users[index].password = hash }
    case .addToken(let token): try add(token)
    case .removeToken(let name):
      guard let index = tokens.firstIndex(where: { $0.name == name }) else { throw .noToken(name) }
      tokens.remove(at: index)
    case .addSession(let session, let number): add(session, userNumber: number)
    case .see(let number, let time):
      guard let index = sessions.firstIndex(where: { $0.number == number }) else { break }
      sessions[index].lastSeen = max(sessions[index].lastSeen, time)
    case .endSession(let number): sessions.removeAll { $0.number == number }
    case .endSessions(let name): sessions.removeAll { name == nil || $0.user == name }
    case .endOldSessions(let now): sessions.removeAll { $0.isOver(at: now) }
    case .setLink(let link): self.link = link
    case .createOwner(let user, let digest):
      guard let link, link.digest.isSame(as: digest) else { throw .linkIsOver }
      try add(user)
      self.link = nil
    }
  }

  private mutating func add(_ user: User) throws(AccountMistake) {
    try checkIsFree(user.name)
    guard users.count < Self.userLimit else { throw .tooMany("users", limit: Self.userLimit) }
    users.insert(user, at: users.firstIndex { $0.name > user.name } ?? users.count)
  }

  private mutating func add(_ token: Token) throws(AccountMistake) {
    try checkIsFree(token.name)
    guard tokens.count < Self.tokenLimit else { throw .tooMany("tokens", limit: Self.tokenLimit) }
    tokens.insert(token, at: tokens.firstIndex { $0.name > token.name } ?? tokens.count)
  }

  /// Throws if a user or a token has this name: they must not look like one another either.
  public func checkIsFree(_ name: AccountName) throws(AccountMistake) {
    guard user(name) == nil, !tokens.contains(where: { $0.name == name }) else { throw .nameTaken(name) }
  }

  private mutating func removeUser(_ name: AccountName) throws(AccountMistake) {
    guard let index = users.firstIndex(where: { $0.name == name }) else { throw .noUser(name) }
    // The very last user may go: the next start prints a link for a new owner.
    if users.count > 1 { try checkIsNotLastAdmin(users[index]) }
    users.remove(at: index)
    sessions.removeAll { $0.user == name }
  }

  private mutating func setPassword(
    of name: AccountName, _ hash: PasswordHash, number: UInt64
  ) throws(AccountMistake) {
    guard let index = users.firstIndex(where: { $0.name == name }) else { throw .noUser(name) }
    users[index].password = hash
    users[index].number = number
    sessions.removeAll { $0.user == name }
  }

  private mutating func setRole(of name: AccountName, _ role: AccountRole) throws(AccountMistake) {
    guard let index = users.firstIndex(where: { $0.name == name }) else { throw .noUser(name) }
    if role != .admin { try checkIsNotLastAdmin(users[index]) }
    users[index].role = role
  }

  private func checkIsNotLastAdmin(_ user: User) throws(AccountMistake) {
    guard user.role == .admin, users.count(where: { $0.role == .admin }) == 1 else { return }
    throw .lastAdmin(user.name)
  }

  private mutating func add(_ session: Session, userNumber: UInt64) {
    guard let user = user(session.user), user.number == userNumber,
      !sessions.contains(where: { $0.number == session.number })
    else { return }
    if sessions.count >= Self.sessionLimit, let unused = sessions.indices.min(by: lastSeenFirst) {
      sessions.remove(at: unused)
    }
    sessions.append(session)
  }

  private func lastSeenFirst(_ left: Int, _ right: Int) -> Bool { sessions[left].lastSeen < sessions[right].lastSeen }
}
