// SPDX-License-Identifier: MIT

// All accounts as a value: users, tokens, sessions and the one-time link. It is what the file holds, and what the event
// loop asks. Everything in it is bounded, so that the file can be read in one piece and walked through for each
// request.
// Rule: no secret is in it but the hashes of passwords, and these are not found by guessing either when they are
// strong.

/// The users of a device, its tokens and its sessions.
public struct AccountTable: Equatable, Sendable {
  /// Somebody who logs in with a password.
  public struct User: Equatable, Sendable {
    /// What they log in as.
    public let name: AccountName
    /// What they may do.
    public var role: AccountRole
    /// Their password's hash.
    public var password: PasswordHash
    /// A random number that is drawn again with each new password: what has it is from before, or is not.
    public var number: UInt64

    /// A user with a new number.
    public init(name: AccountName, role: AccountRole, password: PasswordHash) {
      self.init(name: name, role: role, password: password, number: .random(in: 1 ... .max))
    }

    init(name: AccountName, role: AccountRole, password: PasswordHash, number: UInt64) {
      self.name = name
      self.role = role
      self.password = password
      self.number = number
    }
  }

  /// What a program shows instead of a password.
  public struct Token: Equatable, Sendable {
    /// What its changes are said to be made by.
    public let name: AccountName
    /// What its owner may do.
    public let role: AccountRole
    /// The digest of its text.
    let digest: SecretDigest
    /// When it was made, in seconds since 1970.
    public let created: UInt64

    /// What it is called by in a `Principal`.
    public var number: UInt64 { digest.number }

    /// A new token, and its text, which is nowhere else: `hg_` and 27 letters that stand for 160 random bits.
    public static func make(name: AccountName, role: AccountRole, now: UInt64) -> (token: Token, text: [UInt8]) {
      let text = Array("hg_".utf8) + Secret.text(Secret.random(count: 20))
      return (Token(name: name, role: role, digest: SecretDigest(of: text), created: now), text)
    }
  }

  /// A browser in which somebody has logged in.
  public struct Session: Equatable, Sendable {
    /// The digest of its cookie's value.
    let digest: SecretDigest
    /// Who logged in.
    public let user: AccountName
    /// When, in seconds since 1970.
    public let created: UInt64
    /// When it was last used, in seconds since 1970, give or take an hour.
    public internal(set) var lastSeen: UInt64
    /// The browser in a few words; at most 64 bytes of ASCII.
    public let client: String
    /// The address that it logged in from.
    public let address: String

    /// What it is called by in a `Principal`.
    public var number: UInt64 { digest.number }
    /// What it is called by in lists: 8 hexadecimal digits. They open nothing.
    public var shortID: String { String(digest.hexadecimal.prefix(8)) }

    /// Whether it has not been used for 30 days.
    func isOver(at now: UInt64) -> Bool { now > lastSeen && now - lastSeen > AccountTable.sessionLife }
  }

  /// The one-time link that sets the owner's password.
  public struct Link: Equatable, Sendable {
    let digest: SecretDigest
    /// When it was made, in seconds since 1970.
    public let made: UInt64
  }

  /// The most users.
  public static let userLimit = 64
  /// The most tokens.
  public static let tokenLimit = 64
  /// The most sessions; the one that has not been used for longest makes room.
  public static let sessionLimit = 256
  /// How long a session lasts without being used, in seconds: 30 days.
  public static let sessionLife: UInt64 = 30 * 86_400

  /// The users, in the order of their names.
  public internal(set) var users: [User] = []
  /// The tokens, in the order of their names.
  public internal(set) var tokens: [Token] = []
  /// The sessions, the oldest first.
  public internal(set) var sessions: [Session] = []
  /// The one-time link, until it is used.
  public internal(set) var link: Link?

  /// A table without anybody.
  public init() {}

  /// Whether somebody may manage the device.
  public var hasAdmin: Bool { users.contains { $0.role == .admin } }

  /// The user of this name.
  public func user(_ name: AccountName) -> User? { users.first { $0.name == name } }

  /// The token with this digest. All are compared, each in constant time.
  func token(_ digest: SecretDigest) -> Token? {
    var found: Token?
    for token in tokens where token.digest.isSame(as: digest) { found = token }
    return found
  }

  /// The session with this digest. All are compared, each in constant time.
  func session(_ digest: SecretDigest) -> Session? {
    var found: Session?
    for session in sessions where session.digest.isSame(as: digest) { found = session }
    return found
  }

  /// What whoever came with the session, token or user that has this number may do now; nil if it has ended.
  public func role(of number: UInt64, name: [UInt8]) -> AccountRole? {
    if let session = sessions.first(where: { $0.number == number }) {
      return session.user.bytes == name ? user(session.user)?.role : nil
    }
    if let token = tokens.first(where: { $0.number == number }) { return token.name.bytes == name ? token.role : nil }
    return users.first { $0.number == number && $0.name.bytes == name }?.role
  }

  /// The session whose short id begins so.
  ///
  /// - Throws: `noSession` if that is none, or several.
  public func session(beginning id: String) throws(AccountMistake) -> Session {
    let found = sessions.filter { !id.isEmpty && $0.digest.hexadecimal.hasPrefix(id.lowercased()) }
    guard found.count == 1 else { throw .noSession(id) }
    return found[0]
  }
}
