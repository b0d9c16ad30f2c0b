// SPDX-License-Identifier: MIT

// The accounts as the event loop asks them: a value that answers at once, or says `wait` and leaves work to be done
// elsewhere. Its owner feeds it, as it does the protocols:
//
//     switch book.judge(credentials, from: address, at: moment) { … }      // for each request and handshake
//     while let work = book.nextWork() { service.perform(work) { … } }     // after each call
//     book.receive(result, at: moment)                                     // on the loop, when work is done
//     deadline = book.poll(moment)                                         // and at its deadline
//
// After `receive` and `poll`, requests that wait are judged again, and when `changeNumber` has changed, all sockets and
// streams are asked about: those whose principal the book no longer holds are closed.
// Rule: a password costs a hash only if it must. Whoever was told `wait` finds the answer in the book a moment later;
// so does whoever offers the same name and password within ten minutes. What is kept of them is an HMAC with a key of
// this process.

import Bytes
public import DeviceServer
public import HTTPCore
public import Timebase

/// Who somebody is whose credentials were good.
public struct AccountPrincipal: Equatable, Sendable {
  /// What they may do.
  public let role: AccountRole
  /// The name of the user or the token.
  public let name: AccountName
  /// The session's number, or the token's; with Basic the user's, which is another with each password.
  public let number: UInt64
  /// Whether it is a session, which can log out.
  public let isSession: Bool
}

/// Why credentials were refused.
public enum AccountRefusal: Equatable, Sendable {
  /// The field is not one that a client may send.
  case malformed
  /// There is no such user, or the password is another.
  case wrongPassword
  /// There is no such token.
  case unknownToken
  /// Too many tries; there was none now.
  case tooManyTries
  /// As many passwords are being looked at as may be; there was no try now.
  case busy
}

/// What the book says of a request's credentials.
public enum Judgement: Equatable, Sendable {
  /// There are none, or a cookie of a session that is over.
  case anonymous
  /// They are good.
  case principal(AccountPrincipal)
  /// The answer is not known yet: ask again after the next result.
  case wait
  /// They are not good, or cannot be looked at before `retryAfter`, if that is not zero.
  case refused(AccountRefusal, retryAfter: Milliseconds)
}

/// What comes of a form with a name and a password.
public enum LoginAnswer: Equatable, Sendable {
  /// A new session; `secret` is the cookie's value.
  case session(secret: [UInt8], AccountPrincipal)
  /// The answer is not known yet: ask again after the next result.
  case wait
  /// As for `Judgement`.
  case refused(AccountRefusal, retryAfter: Milliseconds)
  /// What was asked for cannot be.
  case mistake(AccountMistake)
}

/// All accounts, what is known of passwords for the moment, and what is to be done.
public struct AccountBook: Sendable {
  /// The accounts as they are now.
  public internal(set) var table: AccountTable
  /// Another number whenever a session, a token or a user has ended, or has another role.
  public internal(set) var changeNumber: UInt64 = 0

  var attempts = LoginAttempts()
  var pairs = PasswordPairs()
  var jobs: [AccountWork] = []
  /// What the file does not have yet.
  var unsaved: [AccountChange] = []
  var isAtFile = false
  var storeAfter = MonotonicTime.zero
  var lookAfter: MonotonicTime
  var pruneAfter: MonotonicTime
  var now: MonotonicTime
  var linkEnd: MonotonicTime?
  /// Who used the link, for the request that waited for the hash.
  var redeemed: (link: SecretDigest, owner: AccountName)?
  var notices: [String] = []
  var lastNotice: String?

  /// How often the file is asked whether the command line changed it.
  static let lookEvery: Milliseconds = .seconds(2)
  /// When a store that failed is tried again.
  static let storeAgainAfter: Milliseconds = .seconds(30)
  static let pruneEvery: Milliseconds = .minutes(60)
  /// How long a one-time link lasts.
  static let linkLife: Milliseconds = .minutes(24 * 60)
  /// How far the time of a session's last use may be behind in the file, in seconds: flash memory wears.
  static let seenEvery: UInt64 = 3600
  /// How many changes may wait for a disk that fails before nobody new is let in.
  static let unsavedLimit = 512
  /// The most cookies of one name that are looked at.
  static let cookieLimit = 4

  /// A book of these accounts, which are on the disk.
  public init(_ table: AccountTable, at moment: Moment) {
    self.table = table
    now = moment.monotonic
    lookAfter = moment.monotonic + Self.lookEvery
    pruneAfter = moment.monotonic
  }

  // MARK: requests

  /// Judges what a request or a handshake shows: a session's cookie of this name, or else its Authorization field.
  ///
  /// A session that is over is like none. It counts before the field, because a proxy may ask for a password of its own
  /// and pass the field on.
  public mutating func judge(
    _ head: RequestHead, cookie: SessionCookie, from address: RemoteAddress, at moment: Moment
  ) -> Judgement {
    var digests: [SecretDigest] = []
    head.forEachCookie(cookie.name.span) { value in
      digests.append(SecretDigest(of: [UInt8](value)))
      return digests.count < Self.cookieLimit
    }
    for digest in digests {
      if let principal = principal(ofSession: digest, at: moment) {
        attempts.remember(address)
        return .principal(principal)
      }
    }
    return judge(head.authorization, from: address, at: moment)
  }

  /// Judges an Authorization field.
  public mutating func judge(
    _ authorization: Authorization, from address: RemoteAddress, at moment: Moment
  ) -> Judgement {
    now = max(now, moment.monotonic)
    switch authorization {
    case .none: return .anonymous
    case .malformed: return .refused(.malformed, retryAfter: 0)
    case .bearer(let text):
      guard let token = table.token(SecretDigest(of: text)) else { return .refused(.unknownToken, retryAfter: 0) }
      return .principal(
        AccountPrincipal(role: token.role, name: token.name, number: token.number, isSession: false))
    case .basic(let user, let password):
      switch check(user, password, from: address, at: moment) {
      case .right(let user):
        return .principal(AccountPrincipal(role: user.role, name: user.name, number: user.number, isSession: false))
      case .wait: return .wait
      case .refused(let reason, let wait): return .refused(reason, retryAfter: wait)
      }
    }
  }

  private mutating func principal(ofSession digest: SecretDigest, at moment: Moment) -> AccountPrincipal? {
    guard let session = table.session(digest), let user = table.user(session.user) else { return nil }
    guard !session.isOver(at: moment.unixSeconds) else {
      change(.endSession(session.number))
      return nil
    }
    use(session, at: moment)
    return AccountPrincipal(role: user.role, name: user.name, number: session.number, isSession: true)
  }

  private mutating func use(_ session: AccountTable.Session, at moment: Moment) {
    guard moment.unixSeconds >= session.lastSeen &+ Self.seenEvery, unsaved.count < Self.unsavedLimit else { return }
    change(.see(session: session.number, at: moment.unixSeconds))
  }

  /// Whether what a principal of this number and name came with is still good for the role that it had; it counts as a
  /// use of a session.
  public mutating func holds(_ number: UInt64, name: [UInt8], role: AccountRole, at moment: Moment) -> Bool {
    guard table.role(of: number, name: name) == role else { return false }
    guard let session = table.sessions.first(where: { $0.number == number }) else { return true }
    if session.isOver(at: moment.unixSeconds) { return false }
    use(session, at: moment)
    return true
  }

  // MARK: forms

  /// Opens a session for a name and a password. `userAgent` is what the browser says of itself; empty if nothing.
  public mutating func logIn(
    name: [UInt8], password: [UInt8], from address: RemoteAddress, userAgent: [UInt8], at moment: Moment
  ) -> LoginAnswer {
    switch check(name, password, from: address, at: moment) {
    case .right(let user): open(for: user, from: address, userAgent: userAgent, at: moment)
    case .wait: .wait
    case .refused(let reason, let wait): .refused(reason, retryAfter: wait)
    }
  }

  /// Ends a session.
  public mutating func logOut(_ number: UInt64) { change(.endSession(number)) }

  /// Ends all sessions of a user, or of everybody.
  public mutating func endSessions(of name: AccountName?) { change(.endSessions(of: name)) }

  mutating func open(
    for user: AccountTable.User, from address: RemoteAddress, userAgent: [UInt8], at moment: Moment
  ) -> LoginAnswer {
    guard unsaved.count < Self.unsavedLimit else { return .refused(.busy, retryAfter: PasswordPairs.busyWait) }
    let secret = Secret.text(Secret.random(count: 16))
    let session = AccountTable.Session(
      digest: SecretDigest(of: secret), user: user.name, created: moment.unixSeconds, lastSeen: moment.unixSeconds,
      client: ClientDescription.text(userAgent: userAgent),
      address: String(decoding: address.addressText, as: UTF8.self))
    change(.addSession(session, userNumber: user.number))
    attempts.remember(address)
    let principal = AccountPrincipal(role: user.role, name: user.name, number: session.number, isSession: true)
    return .session(secret: secret, principal)
  }

  // MARK: the one-time link

  /// Makes a one-time link, and returns its text: 22 letters that stand for 128 random bits. An earlier one is over.
  ///
  /// It works once, for 24 hours, and not after a restart: then make a new one while the table has no admin.
  public mutating func makeLink(at moment: Moment) -> [UInt8] {
    let text = Secret.text(Secret.random(count: 16))
    change(.setLink(AccountTable.Link(digest: SecretDigest(of: text), made: moment.unixSeconds)))
    linkEnd = moment.monotonic + Self.linkLife
    return text
  }

  /// Whether a text is that of the one-time link, and it can be used.
  public func isLink(_ text: [UInt8], at moment: Moment) -> Bool {
    guard let link = table.link, let linkEnd, moment.monotonic < linkEnd else { return false }
    return link.digest.isSame(as: SecretDigest(of: text))
  }

  /// Makes the owner, an admin, with a one-time link, and opens a session.
  public mutating func redeem(
    link: [UInt8], name: [UInt8], password: [UInt8], from address: RemoteAddress, userAgent: [UInt8], at moment: Moment
  ) -> LoginAnswer {
    now = max(now, moment.monotonic)
    let digest = SecretDigest(of: link)
    do throws(AccountMistake) {
      let name = try AccountName(bytes: name)
      let password = try Password(new: password, for: name)
      let pair = pairs.digest(of: name, password)
      if let redeemed, redeemed.link.isSame(as: digest), redeemed.owner == name,
        case .right(let number) = pairs.answer(pair, now: now), let user = table.user(name), user.number == number
      {
        self.redeemed = nil
        return open(for: user, from: address, userAgent: userAgent, at: moment)
      }
      guard isLink(link, at: moment) else { throw .linkIsOver }
      try table.checkIsFree(name)
      if pairs.isLookedAt(pair) { return .wait }
      guard pairs.hasRoom, pairs.answer(pair, now: now) != .failed else {
        return .refused(.busy, retryAfter: PasswordPairs.busyWait)
      }
      let job = pairs.begin(pair, .owner(name, link: digest))
      jobs.append(.hash(job: job, password))
      return .wait
    } catch {
      return .mistake(error)
    }
  }

  // MARK: changes

  /// Does a change to the table at once, and has it saved; one that cannot be is left.
  mutating func change(_ change: AccountChange) {
    var after = table
    guard (try? after.apply(change)) != nil, after != table else { return }
    unsaved.append(change)
    adopt(after)
  }

  /// Takes a table over, and notes whether somebody has ended.
  mutating func adopt(_ after: AccountTable) {
    let before = table
    table = after
    if before.users != after.users { pairs.usersChanged(Set(after.users.map(\.number))) }
    let hasEnded =
      before.users.contains { table.role(of: $0.number, name: $0.name.bytes) != $0.role }
      || before.tokens.contains { table.role(of: $0.number, name: $0.name.bytes) != $0.role }
      || before.sessions.contains { session in
        table.role(of: session.number, name: session.user.bytes) != before.user(session.user)?.role
      }
    if hasEnded { changeNumber &+= 1 }
  }
}
