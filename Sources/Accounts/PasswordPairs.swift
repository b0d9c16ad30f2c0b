// SPDX-License-Identifier: MIT

// What is known for a while of names and passwords that were tried, so that a program that sends Basic with each
// request costs one hash in ten minutes, and the request that waited for a hash finds what came of it.
// Rule: no password is kept, only an HMAC-SHA-256 of name and password, with a key that never leaves this process.

import DeviceServer
import Timebase

struct PasswordPairs: Sendable {
  enum Answer: Equatable, Sendable {
    /// It is the password of the user with this number.
    case right(UInt64)
    case wrong
    /// There was no memory to find out.
    case failed
  }

  /// What a hash is made for.
  enum Purpose: Sendable {
    case check(AccountName, number: UInt64?, from: RemoteAddress)
    case owner(AccountName, link: SecretDigest)
  }

  /// How long a password that was right needs no hash.
  static let rightFor: Milliseconds = .minutes(10)
  /// How long one that was wrong is wrong, unless a user changes.
  static let wrongFor: Milliseconds = .minutes(1)
  static let failedFor: Milliseconds = .seconds(2)
  /// The most pairs of each kind that are known.
  static let limit = 64
  /// The most hashes that wait or are made, and how many of these strangers may have.
  static let jobLimit = 8
  static let strangerLimit = 6
  /// What is said to those who find no room.
  static let busyWait: Milliseconds = .seconds(2)

  private struct Entry {
    let pair: [UInt8]
    let answer: Answer
    let end: MonotonicTime
  }

  private let key = Secret.random(count: 32)
  private var right: [Entry] = []
  private var wrong: [Entry] = []
  private var jobs: [(number: UInt64, pair: [UInt8], purpose: Purpose)] = []
  private var lastJob: UInt64 = 0

  /// What stands for a name and a password here.
  func digest(of name: AccountName, _ password: Password) -> [UInt8] {
    // A name has no zero byte, so no two pairs give the same text.
    Cryptography.authenticationCode(of: name.bytes + [0] + password.bytes, key: key)
  }

  /// What is known of a pair.
  func answer(_ pair: [UInt8], now: MonotonicTime) -> Answer? {
    for entry in right + wrong where Secret.areSame(entry.pair, pair) && entry.end > now { return entry.answer }
    return nil
  }

  /// Whether a hash for this pair waits or is made.
  func isLookedAt(_ pair: [UInt8]) -> Bool { jobs.contains { Secret.areSame($0.pair, pair) } }

  /// Whether another hash may wait.
  var hasRoom: Bool { jobs.count < Self.jobLimit }

  /// Whether another one may for somebody at a known address, or at any other.
  func hasRoom(forKnown isKnown: Bool) -> Bool { jobs.count < (isKnown ? Self.jobLimit : Self.strangerLimit) }

  /// A number for a hash that is to be made.
  mutating func begin(_ pair: [UInt8], _ purpose: Purpose) -> UInt64 {
    lastJob += 1
    jobs.append((lastJob, pair, purpose))
    return lastJob
  }

  /// What the hash with this number was made for; nil if it is none.
  mutating func end(_ job: UInt64) -> (pair: [UInt8], purpose: Purpose)? {
    guard let index = jobs.firstIndex(where: { $0.number == job }) else { return nil }
    let ended = jobs.remove(at: index)
    return (ended.pair, ended.purpose)
  }

  mutating func remember(_ pair: [UInt8], _ answer: Answer, now: MonotonicTime) {
    switch answer {
    case .right: Self.add(Entry(pair: pair, answer: answer, end: now + Self.rightFor), to: &right, now: now)
    case .wrong: Self.add(Entry(pair: pair, answer: answer, end: now + Self.wrongFor), to: &wrong, now: now)
    case .failed: Self.add(Entry(pair: pair, answer: answer, end: now + Self.failedFor), to: &wrong, now: now)
    }
  }

  private static func add(_ entry: Entry, to entries: inout [Entry], now: MonotonicTime) {
    entries.removeAll { $0.end <= now || $0.pair == entry.pair }
    if entries.count >= limit { entries.removeFirst() }
    entries.append(entry)
  }

  /// Users have changed, and these are their numbers now: what was wrong may be right, and the other way round.
  mutating func usersChanged(_ numbers: Set<UInt64>) {
    wrong = []
    right.removeAll { entry in
      if case .right(let number) = entry.answer { !numbers.contains(number) } else { true }
    }
  }
}
