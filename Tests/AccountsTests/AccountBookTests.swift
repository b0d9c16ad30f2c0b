// SPDX-License-Identifier: MIT

// What the event loop is told, and what it must have done: the book in virtual time, with hashes made in place.

import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase

@testable import Accounts

/// A book with a clock, and a file in memory.
struct Desk {
  var book: AccountBook
  var file: AccountTable
  var now = Moment(.zero, unixSeconds: 1_764_453_600)
  var hashes = 0
  var stores = 0
  var isDiskBroken = false

  init(_ table: AccountTable = .ofTwo) {
    file = table
    book = AccountBook(table, at: now)
  }

  mutating func advance(_ seconds: UInt64) {
    now.monotonic.milliseconds += seconds * 1000
    now.unixSeconds += seconds
    _ = book.poll(now)
  }

  /// Does all work that there is.
  mutating func work() {
    while let work = book.nextWork() { book.receive(result(of: work), at: now) }
  }

  private mutating func result(of work: AccountWork) -> AccountResult {
    switch work {
    case .check(let job, let password, let hash):
      hashes += 1
      // That of nobody has today's cost, which a test need not pay.
      let isRight = hash.parameters == cheap && (try! hash.matches(password))
      return .checked(job: job, isRight: isRight, better: nil)
    case .hash(let job, let password):
      hashes += 1
      return .hashed(job: job, try! PasswordHash(of: password, cheap))
    case .store(let changes):
      if isDiskBroken { return .fileFailed("the disk is broken") }
      stores += 1
      for change in changes { try? file.apply(change) }
      return .stored(file, count: changes.count)
    case .look: return .seen(file)
    }
  }

  mutating func basic(_ user: String, _ password: String, from: RemoteAddress = phone) -> Judgement {
    book.judge(.basic(user: bytes(user), password: bytes(password)), from: from, at: now)
  }

  mutating func logIn(_ user: String, _ password: String = "correct horse", from: RemoteAddress = phone) -> LoginAnswer {
    func ask(_ desk: inout Desk) -> LoginAnswer {
      desk.book.logIn(
        name: bytes(user), password: bytes(password), from: from, userAgent: bytes("Mozilla/5.0 (Android) Firefox/9"),
        at: desk.now)
    }
    let first = ask(&self)
    guard first == .wait else { return first }
    work()
    return ask(&self)
  }

  mutating func holds(_ number: UInt64, name: [UInt8], role: AccountRole) -> Bool {
    book.holds(number, name: name, role: role, at: now)
  }

  mutating func cookie(_ secret: [UInt8]) -> Judgement {
    let cookie = SessionCookie(isSecure: false)
    var line = bytes("Cookie: other=1; ") + cookie.name + bytes("=") + secret
    line += bytes("; last=\"x\"")
    return book.judge(head(line), cookie: cookie, from: phone, at: now)
  }
}

let phone = RemoteAddress.ipv4(0xC0A8_0107, port: 50_000)

/// The head of a GET with this field line.
func head(_ line: [UInt8]) -> RequestHead {
  var connection = HTTPConnection()
  _ = connection.receive((bytes("GET / HTTP/1.1\r\nHost: x\r\n") + line + bytes("\r\n\r\n")).span)
  guard case .request(let head) = try! connection.nextEvent() else { fatalError("no head") }
  return head
}

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct AccountBookTests {
  @Test func basicCostsOneHashInTenMinutes() {
    var desk = Desk()
    #expect(desk.basic("ben", "correct horse") == .wait)
    #expect(desk.basic("ben", "correct horse") == .wait)  // the same pair: no second hash
    desk.work()
    guard case .principal(let ben) = desk.basic("Ben", "correct horse") else { return #expect(Bool(false)) }
    #expect(ben.role == .control && ben.name == name("ben") && ben.number == desk.book.table.users[1].number)
    #expect(!ben.isSession)
    desk.advance(599)
    #expect(desk.basic("ben", "correct horse") == .principal(ben))
    #expect(desk.hashes == 1)
    desk.advance(2)
    #expect(desk.basic("ben", "correct horse") == .wait)
  }

  @Test func aWrongPasswordAndANameThatNobodyHasCostTheSame() {
    var desk = Desk()
    for (user, password) in [("ben", "wrong"), ("nobody.here", "wrong"), ("nobody.here", "correct horse")] {
      #expect(desk.basic(user, password) == .wait)
      guard case .check(let job, _, let hash) = desk.book.nextWork() else { return #expect(Bool(false)) }
      #expect(user == "ben" ? hash == horse : hash.parameters == .standard)
      desk.book.receive(.checked(job: job, isRight: false, better: nil), at: desk.now)
      #expect(desk.basic(user, password) == .refused(.wrongPassword, retryAfter: 0))
    }
  }

  @Test func theSameMistakeIsNotHashedAgain() {
    var desk = Desk()
    for _ in 0..<50 {
      _ = desk.basic("ben", "wrong horse")
      desk.work()
    }
    #expect(desk.hashes == 1)
  }

  @Test func whatNoUserCanHaveIsRefusedAtOnce() {
    var desk = Desk()
    for (user, password) in [("", "x"), ("#1", "x"), ("ben", String(repeating: "x", count: 257)), ("http", "x")] {
      #expect(desk.basic(user, password) == .refused(.wrongPassword, retryAfter: 0))
    }
    #expect(desk.hashes == 0)
  }

  @Test func tooManyMistakesAreToldWhenToTryAgain() {
    var desk = Desk()
    var answers: [Judgement] = []
    for number in 0..<5 {
      answers.append(desk.basic("ben", "wrong \(number)"))
      desk.work()
    }
    #expect(answers == [.wait, .wait, .wait, .refused(.tooManyTries, retryAfter: 1000),
      .refused(.tooManyTries, retryAfter: 1000)])
    desk.advance(1)
    #expect(desk.basic("ben", "correct horse") == .wait)
  }

  @Test func onlySoManyHashesWaitAndSomeRoomIsForKnownAddresses() {
    var desk = Desk()
    for number in 0..<6 as Range<UInt32> {
      #expect(desk.basic("ben", "wrong", from: .ipv4(number, port: 1)) == (number == 0 ? .wait : .wait))
      #expect(desk.basic("ben", "wrong \(number)", from: .ipv4(100 + number, port: 1)) != .anonymous)
    }
    let stranger = desk.basic("ben", "another", from: .ipv4(200, port: 1))
    #expect(stranger == .refused(.busy, retryAfter: PasswordPairs.busyWait))
    desk.book.attempts.remember(phone)
    #expect(desk.basic("ben", "one") == .wait)
    #expect(desk.basic("ben", "two") == .wait)
    #expect(desk.basic("ben", "three") == .refused(.busy, retryAfter: PasswordPairs.busyWait))
    desk.work()
    #expect(desk.hashes == 8)
  }

  @Test func withoutMemoryItSaysBusyAndDoesNotTryForEver() {
    var desk = Desk()
    #expect(desk.basic("ben", "correct horse") == .wait)
    guard case .check(let job, _, _) = desk.book.nextWork() else { return #expect(Bool(false)) }
    desk.book.receive(.failed(job: job), at: desk.now)
    #expect(desk.basic("ben", "correct horse") == .refused(.busy, retryAfter: PasswordPairs.busyWait))
    #expect(desk.book.takeNotices() == ["there is no memory for a password's hash"])
    desk.advance(3)
    #expect(desk.basic("ben", "correct horse") == .wait)
  }

  @Test func aTokenIsItsRole() throws {
    var desk = Desk()
    let (token, secret) = AccountTable.Token.make(name: name("backup"), role: .view, now: 1)
    #expect(secret.count == 30 && text(secret).hasPrefix("hg_"))
    desk.book.change(.addToken(token))
    let judged = desk.book.judge(.bearer(secret), from: phone, at: desk.now)
    #expect(
      judged
        == .principal(AccountPrincipal(role: .view, name: name("backup"), number: token.number, isSession: false)))
    #expect(desk.book.judge(.bearer(secret.dropLast()), from: phone, at: desk.now)
      == .refused(.unknownToken, retryAfter: 0))
    #expect(desk.holds(token.number, name: bytes("backup"), role: .view) == true)
    desk.book.change(.removeToken(name("backup")))
    #expect(desk.book.changeNumber == 1)
    #expect(desk.holds(token.number, name: bytes("backup"), role: .view) == false)
    #expect(desk.book.judge(.bearer(secret), from: phone, at: desk.now) == .refused(.unknownToken, retryAfter: 0))
  }

  @Test func aSessionLastsThirtyDaysFromItsLastUse() {
    var desk = Desk()
    guard case .session(let secret, let principal) = desk.logIn("ben") else { return #expect(Bool(false)) }
    #expect(secret.count == 22 && principal.isSession)
    #expect(desk.cookie(secret) == .principal(principal))
    #expect(desk.cookie(secret.dropLast()) == .anonymous)
    desk.advance(30 * 86_400 - 1)
    #expect(desk.cookie(secret) == .principal(principal))
    desk.advance(30 * 86_400 - 1)
    #expect(desk.holds(principal.number, name: bytes("ben"), role: .control) == true)  // an open socket
    desk.advance(30 * 86_400)
    #expect(desk.cookie(secret) == .principal(principal))
    let before = desk.book.changeNumber
    desk.advance(30 * 86_400 + 1)
    #expect(desk.cookie(secret) == .anonymous)
    #expect(desk.holds(principal.number, name: bytes("ben"), role: .control) == false)
    #expect(desk.book.changeNumber != before && desk.book.table.sessions.isEmpty)
  }

  @Test func theLastUseIsWrittenOnceAnHour() {
    var desk = Desk()
    guard case .session(let secret, _) = desk.logIn("ben") else { return #expect(Bool(false)) }
    desk.work()
    #expect(desk.stores == 1)
    for _ in 0..<7200 {
      desk.advance(1)
      _ = desk.cookie(secret)
      desk.work()
    }
    #expect(desk.stores == 3)
  }

  @Test func aClockThatIsBehindEndsNoSession() {
    var desk = Desk()
    guard case .session(let secret, let principal) = desk.logIn("ben") else { return #expect(Bool(false)) }
    desk.now.unixSeconds = 0  // a board without a battery
    #expect(desk.cookie(secret) == .principal(principal))
    #expect(desk.holds(principal.number, name: bytes("ben"), role: .control) == true)
  }

  @Test func anotherCookieOfTheSameNameDoesNotHideTheSession() {
    var desk = Desk()
    guard case .session(let secret, let principal) = desk.logIn("ben") else { return #expect(Bool(false)) }
    let cookie = SessionCookie(isSecure: false)
    let line = bytes("Cookie: ") + cookie.name + bytes("=planted; ") + cookie.name + bytes("=") + secret
    #expect(desk.book.judge(head(line), cookie: cookie, from: phone, at: desk.now) == .principal(principal))
  }

  @Test func aSessionCountsBeforeTheFieldOfAProxy() {
    var desk = Desk()
    guard case .session(let secret, let principal) = desk.logIn("ben") else { return #expect(Bool(false)) }
    let cookie = SessionCookie(isSecure: true)
    let fields = bytes("Authorization: Basic cHJveHk6c2VjcmV0\r\nCookie: __Host-heliograph_session=") + secret
    #expect(desk.book.judge(head(fields), cookie: cookie, from: phone, at: desk.now) == .principal(principal))
    #expect(desk.book.judge(head(fields), cookie: SessionCookie(isSecure: false), from: phone, at: desk.now) == .wait)
  }

  @Test func loggingOutEndsThatSessionAlone() {
    var desk = Desk()
    guard case .session(let one, let principal) = desk.logIn("ben"), case .session(let other, _) = desk.logIn("ben")
    else { return #expect(Bool(false)) }
    desk.book.logOut(principal.number)
    #expect(desk.book.changeNumber == 1)
    #expect(desk.cookie(one) == .anonymous)
    #expect(desk.cookie(other) != .anonymous)
    desk.work()
    #expect(desk.file.sessions.count == 1)
    desk.book.endSessions(of: nil)
    #expect(desk.cookie(other) == .anonymous)
  }

  // MARK: the file

  @Test func whatTheCommandLineChangesIsTakenOverWithinTwoSeconds() throws {
    var desk = Desk()
    guard case .session(let secret, let principal) = desk.logIn("ben") else { return #expect(Bool(false)) }
    desk.work()
    _ = desk.basic("anna", "wrong horse")
    desk.work()
    try desk.file.apply(.newPassword(name("anna"), try PasswordHash(of: password("wrong horse"), cheap)))
    try desk.file.apply(.removeUser(name("ben")))
    #expect(desk.cookie(secret) == .principal(principal))
    desk.advance(2)
    desk.work()
    #expect(desk.cookie(secret) == .anonymous)
    #expect(desk.book.changeNumber == 1)
    #expect(desk.holds(principal.number, name: bytes("ben"), role: .control) == false)
    #expect(desk.basic("ben", "correct horse") == .wait)  // nothing is known any more
    desk.work()
    #expect(desk.basic("ben", "correct horse") == .refused(.wrongPassword, retryAfter: 0))
    #expect(desk.basic("anna", "wrong horse") == .wait)  // which was wrong a moment ago
    desk.work()
    guard case .principal = desk.basic("anna", "wrong horse") else { return #expect(Bool(false)) }
  }

  @Test func aNewRoleEndsWhatHasTheOldOne() throws {
    var desk = Desk()
    guard case .session(let secret, let before) = desk.logIn("ben") else { return #expect(Bool(false)) }
    desk.work()
    try desk.file.apply(.setRole(name("ben"), .view))
    desk.advance(2)
    desk.work()
    #expect(desk.book.changeNumber == 1)
    #expect(desk.holds(before.number, name: bytes("ben"), role: .control) == false)
    guard case .principal(let after) = desk.cookie(secret) else { return #expect(Bool(false)) }
    #expect(after.role == .view && desk.holds(after.number, name: bytes("ben"), role: .view) == true)
  }

  @Test func whatChangesDuringAStoreIsNotLost() {
    var desk = Desk()
    guard case .session(_, let one) = desk.logIn("ben") else { return #expect(Bool(false)) }
    guard case .store(let changes) = desk.book.nextWork() else { return #expect(Bool(false)) }
    guard case .session(let other, _) = desk.logIn("ben") else { return #expect(Bool(false)) }
    desk.book.logOut(one.number)
    for change in changes { try? desk.file.apply(change) }
    desk.book.receive(.stored(desk.file, count: changes.count), at: desk.now)
    #expect(desk.cookie(other) != .anonymous)
    #expect(desk.book.table.sessions.count == 1)
    desk.work()
    #expect(desk.file == desk.book.table)
  }

  @Test func aBrokenDiskIsSaidOnceAndTriedAgain() {
    var desk = Desk()
    desk.isDiskBroken = true
    guard case .session(let secret, _) = desk.logIn("ben") else { return #expect(Bool(false)) }
    var lines: [String] = []
    for _ in 0..<300 {
      desk.advance(1)
      desk.work()
      lines += desk.book.takeNotices()
    }
    #expect(lines.allSatisfy { $0 == "the disk is broken" } && lines.count <= 10)
    #expect(desk.cookie(secret) != .anonymous && desk.file.sessions.isEmpty)
    desk.isDiskBroken = false
    desk.advance(30)
    desk.work()
    #expect(desk.file.sessions.count == 1)
  }

  @Test func aDiskThatStaysBrokenDoesNotGrowTheMemory() {
    var desk = Desk()
    desk.isDiskBroken = true
    for _ in 0..<1000 { _ = desk.logIn("ben") }
    #expect(desk.book.unsaved.count <= AccountBook.unsavedLimit)
    #expect(desk.logIn("ben") == .refused(.busy, retryAfter: PasswordPairs.busyWait))
  }

  @Test func aHashOfLessCostIsMadeAnewAtLogin() throws {
    var desk = Desk()
    let dear = PasswordHash.Parameters(logN: 5, r: 1, p: 1)
    #expect(desk.basic("ben", "correct horse") == .wait)
    guard case .check(let job, _, _) = desk.book.nextWork() else { return #expect(Bool(false)) }
    let better = try PasswordHash(of: password("correct horse"), dear)
    desk.book.receive(.checked(job: job, isRight: true, better: better), at: desk.now)
    desk.work()
    #expect(desk.file.users[1].password == better)
    #expect(desk.book.changeNumber == 0)  // nobody has ended
  }

  @Test func aPasswordThatChangesWhileItIsLookedAtIsLookedAtAgain() throws {
    var desk = Desk()
    #expect(desk.basic("ben", "correct horse") == .wait)
    guard case .check(let job, _, _) = desk.book.nextWork() else { return #expect(Bool(false)) }
    desk.book.change(.newPassword(name("ben"), try PasswordHash(of: password("another horse"), cheap)))
    desk.book.receive(.checked(job: job, isRight: true, better: nil), at: desk.now)
    #expect(desk.basic("ben", "correct horse") == .wait)
    desk.work()
    #expect(desk.basic("ben", "correct horse") == .refused(.wrongPassword, retryAfter: 0))
  }
}
