// SPDX-License-Identifier: MIT

// The file: who may have rights to it, what is refused, that no failure loses it, and that several may change it.

import ConformanceSupport
import Foundation
import Synchronization
import SystemCalls
import Testing
import Timebase

@testable import Accounts

extension TemporaryFolder {
  var accounts: AccountFile { AccountFile(path: path(of: "accounts")) }
}

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct AccountFileTests {
  let folder = try! TemporaryFolder()

  @Test func theFileIsItsOwnersAlone() async throws {
    // In a process of its own, since what every file may be is asked of all tests.
    await #expect(processExitsWith: .success) { [path = folder.accounts.path as String] in
      umask(0)
      let accounts = AccountFile(path: path)
      #expect(try accounts.load() == AccountTable())
      try accounts.update { $0 = .ofTwo }
      for file in [path, path + ".lock"] {
        var status = stat()
        try #require(stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
      }
    }
    #expect(try folder.names == ["accounts", "accounts.lock"])
    #expect(try folder.accounts.load().users.count == 2)
  }

  @Test func itLiesBesideTheStateFile() {
    #expect(AccountFile(beside: "/var/lib/heliograph/state")?.path == "/var/lib/heliograph/accounts")
    #expect(AccountFile(beside: "state")?.path == "./accounts")
    #expect(AccountFile(beside: "/state")?.path == "/accounts")
    #expect(AccountFile(beside: "") == nil)
    #expect(AccountFile(beside: "/dev/null") == nil)
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o666, 0o644] as [mode_t])
  func aFileThatOthersCanReadOrWriteIsRefusedAndLeft(_ mode: mode_t) throws {
    try folder.accounts.update { $0 = .ofTwo }
    let before = folder.content(of: "accounts")
    try #require(chmod(folder.accounts.path, mode) == 0)
    let error = AccountFileError.open(path: folder.accounts.path)
    #expect(throws: error) { try folder.accounts.load() }
    #expect(throws: error) { try folder.accounts.update { $0 = AccountTable() } }
    #expect(error.description.contains("chmod 600 \(folder.accounts.path)"))
    #expect(folder.content(of: "accounts") == before)
  }

  /// For this test root is somebody whom rights bind only where the file system asks for them, so the owner is
  /// compared.
  @Test(.enabled(if: geteuid() == 0, "needs files of two owners"))
  func rootKeepsTheOwnerOfTheFileAndOfANewOneTheFolders() throws {
    try #require(chown(folder.path, 1234, 1234) == 0)
    for _ in 0..<2 {
      try folder.accounts.update { $0 = $0 == AccountTable() ? .ofTwo : AccountTable() }
      for name in ["accounts", "accounts.lock"] {
        var status = stat()
        try #require(stat(folder.path(of: name), &status) == 0)
        #expect(status.st_uid == 1234 && status.st_gid == 1234 && status.st_mode & 0o777 == 0o600)
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "needs files of two owners"))
  func aFileOfAnotherUserIsRefused() async throws {
    try folder.accounts.update { $0 = .ofTwo }
    try #require(chmod(folder.path, 0o777) == 0)
    await #expect(processExitsWith: .success) { [path = folder.accounts.path as String] in
      try #require(setuid(65_534) == 0)
      let file = AccountFile(path: path)
      #expect(throws: AccountFileError.foreign(path: path)) { try file.load() }
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [
    { mkdir($0, 0o700) }, { mkfifo($0, 0o600) }, { symlink("whole", $0) }, { symlink("nowhere", $0) },
  ] as [@Sendable (String) -> Int32])
  func whatIsNoRegularFileIsLeftAlone(_ make: @Sendable (String) -> Int32) throws {
    try folder.write("whole", AccountTable.ofTwo.encoded)
    try #require(chmod(folder.path(of: "whole"), 0o600) == 0)
    try #require(make(folder.accounts.path) == 0)
    let error = AccountFileError.notAFile(path: folder.accounts.path)
    #expect(throws: error) { try folder.accounts.load() }
    #expect(throws: error) { try folder.accounts.update { $0 = .ofTwo } }
  }

  @Test func aDamagedFileIsSaidAndNeverOverwritten() throws {
    for content in ["", "{", "heliograph-state 2\n", "{\"heliograph-accounts\":9}"] {
      try folder.write("accounts", content)
      try #require(chmod(folder.accounts.path, 0o600) == 0)
      let error = try #require(throws: AccountFileError.self) { try folder.accounts.load() }
      #expect(throws: error) { try folder.accounts.update { $0 = .ofTwo } }
      #expect(error.description.contains("put a copy of it back, or move it away"))
      #expect(folder.content(of: "accounts") == bytes(content))
    }
  }

  @Test func aMistakeChangesNothing() throws {
    try folder.accounts.update { $0 = .ofTwo }
    let before = folder.content(of: "accounts")
    let version = folder.accounts.version
    #expect(throws: AccountMistake.noUser(name("carl"))) {
      try folder.accounts.update { table throws(AccountMistake) in try table.apply(.removeUser(name("carl"))) }
    }
    try folder.accounts.update { _ in }
    #expect(folder.content(of: "accounts") == before && folder.accounts.version == version)
  }

  @Test func whoeverLooksDuringAChangeSeesAWholeFile() throws {
    let file = folder.accounts
    try file.update { $0 = .ofTwo }
    let isDone = Atomic(false)
    let torn = Locked<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { part in
      if part == 0 {
        for round in 0..<200 {
          #expect(throws: Never.self) { try file.update { $0 = round % 2 == 0 ? AccountTable() : .ofTwo } }
        }
        isDone.store(true, ordering: .releasing)
      } else {
        repeat {
          do { _ = try file.load() } catch { torn.withLock { $0.append("\(error)") } }
        } while !isDone.load(ordering: .acquiring)
      }
    }
    #expect(torn.withLock { $0 } == [])
    #expect(try folder.names == ["accounts", "accounts.lock"])
  }

  /// The signal ends the process between any two instructions, as a `kill -9` does; the lock goes with it.
  @Test(arguments: 0..<6)
  func aProgramThatIsKilledDuringAChangeLeavesAWholeFile(_ round: Int) async throws {
    try folder.accounts.update { $0 = .ofTwo }
    await #expect(processExitsWith: .signal(SIGALRM)) { [path = folder.accounts.path as String] in
      let file = AccountFile(path: path)
      ualarm(.random(in: 1_000..<20_000), 0)  // microseconds
      while true {
        try file.update { $0 = AccountTable() }
        try file.update { $0 = .ofTwo }
      }
    }
    let left = try folder.accounts.load()
    #expect(left == AccountTable() || left.users.map(\.name) == [name("anna"), name("ben")])
    try folder.accounts.update { table in table.link = AccountTable.Link(digest: SecretDigest(of: []), made: 1) }
    #expect(try folder.names == ["accounts", "accounts.lock"])
  }

  /// The system takes the first ten bytes and no more, as a full disk may do.
  @Test func aWriteThatEndsInTheMiddleIsAnErrorThatLeavesTheOldFile() async throws {
    try folder.accounts.update { $0 = .ofTwo }
    let before = folder.content(of: "accounts")
    await #expect(processExitsWith: .success) { [path = folder.accounts.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 10, rlim_max: 10)
      try #require(setrlimit(LimitedSize.resource, &limit) == 0)
      let file = AccountFile(path: path)
      let error = AccountFileError.unwritable(path: path, SystemError(code: EFBIG))
      #expect(throws: error) { try file.update { $0 = AccountTable() } }
    }
    #expect(folder.content(of: "accounts") == before)
    #expect(try folder.names == ["accounts", "accounts.lock"])
  }

  @Test func noneOfManyChangesAtOnceIsLost() throws {
    let file = folder.accounts
    try file.update { $0 = .ofTwo }
    DispatchQueue.concurrentPerform(iterations: 24) { number in
      let token = AccountTable.Token.make(name: name("token\(number)"), role: .view, now: 1).token
      #expect(throws: Never.self) {
        try file.update { table throws(AccountMistake) in try table.apply(.addToken(token)) }
      }
    }
    #expect(try file.load().tokens.count == 24)
  }
}

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct AccountServiceTests {
  let folder = try! TemporaryFolder()

  /// What comes of some work, waited for.
  private func result(of work: AccountWork, _ service: AccountService) async -> AccountResult {
    await withCheckedContinuation { continuation in service.perform(work) { continuation.resume(returning: $0) } }
  }

  @Test func passwordsAreCheckedAndHashedAnewAtMoreCost() async throws {
    let service = AccountService(file: folder.accounts, parameters: PasswordHash.Parameters(logN: 5, r: 1, p: 1))
    let right = await result(of: .check(job: 7, password("correct horse"), horse), service)
    guard case .checked(7, true, let better?) = right else { return #expect(Bool(false), "\(right)") }
    #expect(try better.parameters.logN == 5 && better.matches(password("correct horse")))
    guard case .checked(8, true, nil) = await result(of: .check(job: 8, password("correct horse"), better), service),
      case .checked(9, false, nil) = await result(of: .check(job: 9, password("wrong horse"), horse), service)
    else { return #expect(Bool(false)) }
    guard case .hashed(3, let hash) = await result(of: .hash(job: 3, password("another one")), service) else {
      return #expect(Bool(false))
    }
    #expect(try hash.matches(password("another one")))
  }

  @Test func theFileIsReadAgainOnlyWhenItHasChanged() async throws {
    let service = AccountService(file: folder.accounts)
    #expect(try service.load() == AccountTable())
    try folder.accounts.update { $0 = .ofTwo }
    guard case .seen(let table?) = await result(of: .look, service) else { return #expect(Bool(false)) }
    #expect(table.users.count == 2)
    guard case .seen(nil) = await result(of: .look, service) else { return #expect(Bool(false)) }
    guard case .stored(let after, 1) = await result(of: .store([.removeUser(name("ben"))]), service) else {
      return #expect(Bool(false))
    }
    #expect(after.users.count == 1)
    #expect(try folder.accounts.load() == after)
    try folder.write("accounts", "{")
    guard case .fileFailed(let why) = await result(of: .look, service) else { return #expect(Bool(false)) }
    #expect(why.hasPrefix(folder.accounts.path))
    guard case .fileFailed = await result(of: .store([.endSession(1)]), service) else { return #expect(Bool(false)) }
    #expect(folder.content(of: "accounts") == bytes("{"))
  }

  /// The whole way, with real hashes and a real file: the first start, a login, and a restart.
  @Test func anOwnerOutlivesARestart() async throws {
    let cost = PasswordHash.Parameters(logN: 8, r: 1, p: 1)
    let service = AccountService(file: folder.accounts, parameters: cost)
    var moment = Moment(.zero, unixSeconds: 1_764_453_600)
    var book = AccountBook(try service.load(), at: moment)
    let link = book.makeLink(at: moment)
    func work() async {
      while let work = book.nextWork() { book.receive(await result(of: work, service), at: moment) }
    }
    func redeem() -> LoginAnswer {
      book.redeem(
        link: link, name: bytes("anna"), password: bytes("correct horse"), from: phone, userAgent: bytes("curl/8"),
        at: moment)
    }
    #expect(redeem() == .wait)
    await work()
    guard case .session(let secret, let owner) = redeem() else { return #expect(Bool(false)) }
    await work()
    moment.unixSeconds += 60
    var later = AccountBook(try AccountService(file: folder.accounts).load(), at: moment)
    let line = bytes("Cookie: heliograph_session=") + secret
    let judged = later.judge(head(line), cookie: SessionCookie(isSecure: false), from: phone, at: moment)
    #expect(judged == .principal(owner))
    #expect(later.table.users[0].password.parameters == cost)
  }
}

private enum LimitedSize {
  #if canImport(Glibc)
    static let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  #else
    static let resource = RLIMIT_FSIZE
  #endif
}
