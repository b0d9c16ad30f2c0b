// SPDX-License-Identifier: MIT

// What the book has done elsewhere, and what comes back: hashes one at a time, and the file.

import DeviceServer
public import Timebase

/// Something that takes longer than the event loop may.
public enum AccountWork: Sendable {
  /// Look whether a password has this hash.
  case check(job: UInt64, Password, PasswordHash)
  /// Hash a new password.
  case hash(job: UInt64, Password)
  /// Do these changes to the accounts in the file.
  case store([AccountChange])
  /// Read the file if it has changed since it was read or written last.
  case look
}

/// What came of it.
public enum AccountResult: Sendable {
  /// Whether the password is the one, and its hash at today's cost if that is higher.
  case checked(job: UInt64, isRight: Bool, better: PasswordHash?)
  /// The hash of a new password.
  case hashed(job: UInt64, PasswordHash)
  /// There was no memory for the hash.
  case failed(job: UInt64)
  /// The accounts in the file after these many changes.
  case stored(AccountTable, count: Int)
  /// The accounts in the file, which something else has changed; nil if it is what it was.
  case seen(AccountTable?)
  /// Why the file could not be read or written, in one line.
  case fileFailed(String)
}

extension AccountBook {
  enum PasswordAnswer {
    case right(AccountTable.User)
    case wait
    case refused(AccountRefusal, Milliseconds)
  }

  /// Whether somebody may try a password, and whether it is right.
  mutating func check(
    _ name: [UInt8], _ password: [UInt8], from address: RemoteAddress, at moment: Moment
  ) -> PasswordAnswer {
    now = max(now, moment.monotonic)
    // What no user can have needs no hash: everybody knows these rules.
    guard let name = try? AccountName(bytes: name), let password = try? Password(offered: password) else {
      return .refused(.wrongPassword, 0)
    }
    let pair = pairs.digest(of: name, password)
    let user = table.user(name)
    switch pairs.answer(pair, now: now) {
    case .right(let number):
      if let user, user.number == number { return .right(user) }
    case .wrong: return .refused(.wrongPassword, 0)
    case .failed: return .refused(.busy, PasswordPairs.busyWait)
    case nil: break
    }
    if pairs.isLookedAt(pair) { return .wait }
    guard pairs.hasRoom(forKnown: attempts.isKnown(address)) else { return .refused(.busy, PasswordPairs.busyWait) }
    let wait = attempts.mayTry(from: address, now: now)
    guard wait == 0 else { return .refused(.tooManyTries, wait) }
    let job = pairs.begin(pair, .check(name, number: user?.number, from: address))
    // For a name that nobody has, the same work is done.
    jobs.append(.check(job: job, password, user?.password ?? .ofNobody()))
    return .wait
  }

  /// The next thing to be done elsewhere; nil if there is none. What it gives is handed back to `receive`.
  public mutating func nextWork() -> AccountWork? {
    if !jobs.isEmpty { return jobs.removeFirst() }
    guard !isAtFile else { return nil }
    if !unsaved.isEmpty, now >= storeAfter {
      isAtFile = true
      return .store(unsaved)
    }
    guard now >= lookAfter else { return nil }
    isAtFile = true
    lookAfter = now + Self.lookEvery
    return .look
  }

  /// Takes what came of work.
  ///
  /// Then judge again what waits; ask `changeNumber`, `takeNotices` and `nextWork`.
  public mutating func receive(_ result: AccountResult, at moment: Moment) {
    now = max(now, moment.monotonic)
    switch result {
    case .checked(let job, let isRight, let better): finish(job, isRight: isRight, better: better)
    case .hashed(let job, let hash): finish(job, hash)
    case .failed(let job):
      guard let ended = pairs.end(job) else { break }
      if case .check(_, _, let address) = ended.purpose { attempts.gaveUp(from: address) }
      pairs.remember(ended.pair, .failed, now: now)
      note("there is no memory for a password's hash")
    case .stored(let table, let count):
      isAtFile = false
      unsaved.removeFirst(min(count, unsaved.count))
      adoptFile(table)
    case .seen(let table):
      isAtFile = false
      if let table { adoptFile(table) } else { lastNotice = nil }
    case .fileFailed(let reason):
      isAtFile = false
      if !unsaved.isEmpty { storeAfter = now + Self.storeAgainAfter }
      note(reason)
    }
  }

  /// Says what time it is; returns when to poll again. Ask for work then.
  public mutating func poll(_ moment: Moment) -> MonotonicTime {
    now = max(now, moment.monotonic)
    if now >= pruneAfter {
      pruneAfter = now + Self.pruneEvery
      change(.endOldSessions(at: moment.unixSeconds))
    }
    if let linkEnd, now >= linkEnd {
      self.linkEnd = nil
      change(.setLink(nil))
    }
    if isAtFile { return pruneAfter }  // its result brings the next call
    return min(lookAfter, unsaved.isEmpty ? lookAfter : max(storeAfter, now))
  }

  /// Lines for the log that have come up since the last call; the same one is not repeated while it goes on.
  public mutating func takeNotices() -> [String] {
    let lines = notices.filter { $0 != lastNotice }
    lastNotice = notices.last ?? lastNotice
    notices = []
    return lines
  }

  private mutating func note(_ line: String) {
    if notices.last != line, notices.count < 8 { notices.append(line) }
  }

  /// What the file says, and on top of it what it does not have yet.
  private mutating func adoptFile(_ table: AccountTable) {
    lastNotice = nil
    var after = table
    unsaved = unsaved.filter { (try? after.apply($0)) != nil }
    adopt(after)
  }

  private mutating func finish(_ job: UInt64, isRight: Bool, better: PasswordHash?) {
    guard let ended = pairs.end(job), case .check(let name, let number, let address) = ended.purpose else { return }
    // While the hash was made, the user may have got another password.
    guard table.user(name)?.number == number else { return attempts.gaveUp(from: address) }
    if isRight, let number {
      pairs.remember(ended.pair, .right(number), now: now)
      attempts.succeeded(from: address, as: name, now: now)
      if let better { change(.rehash(number: number, better)) }
    } else {
      pairs.remember(ended.pair, .wrong, now: now)
      attempts.failed(from: address, as: name, now: now)
    }
  }

  private mutating func finish(_ job: UInt64, _ hash: PasswordHash) {
    guard let ended = pairs.end(job), case .owner(let name, let link) = ended.purpose else { return }
    let owner = AccountTable.User(name: name, role: .admin, password: hash)
    change(.createOwner(owner, link: link))
    guard table.user(name) == owner else { return }  // somebody was quicker
    pairs.remember(ended.pair, .right(owner.number), now: now)
    redeemed = (link, name)
  }
}
