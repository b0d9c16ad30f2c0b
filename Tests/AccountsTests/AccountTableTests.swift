// SPDX-License-Identifier: MIT

// What changes do to a table of accounts, and the form that it has in a file.

import ConformanceSupport
import Testing

@testable import Accounts

func name(_ text: String) -> AccountName { try! AccountName(text) }
func password(_ text: String) -> Password { try! Password(offered: bytes(text)) }

/// The hash of "correct horse", cheap to compare with.
let horse = try! PasswordHash(of: password("correct horse"), cheap)

extension AccountTable {
  /// Anna, an admin, and ben, who may use the parts, whose passwords are "correct horse".
  static var ofTwo: AccountTable {
    var table = AccountTable()
    try! table.apply(.addUser(User(name: name("anna"), role: .admin, password: horse)))
    try! table.apply(.addUser(User(name: name("ben"), role: .control, password: horse)))
    return table
  }

  mutating func logIn(_ who: String, at time: UInt64, secret: String) {
    let session = Session(
      digest: SecretDigest(of: bytes(secret)), user: name(who), created: time, lastSeen: time, client: "Firefox on Linux",
      address: "192.168.1.7")
    try! apply(.addSession(session, userNumber: user(name(who))!.number))
  }
}

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct AccountTableTests {
  @Test func aUserThatGoesTakesTheirSessionsAlong() throws {
    var table = AccountTable.ofTwo
    table.logIn("ben", at: 100, secret: "one")
    table.logIn("anna", at: 100, secret: "two")
    let (number, ben) = (table.sessions[0].number, table.users[1].number)
    #expect(table.role(of: number, name: bytes("ben")) == .control)
    #expect(table.role(of: number, name: bytes("anna")) == nil)
    #expect(table.role(of: ben, name: bytes("ben")) == .control)
    try table.apply(.removeUser(name("ben")))
    #expect(table.sessions.map(\.user.description) == ["anna"])
    #expect(table.role(of: number, name: bytes("ben")) == nil)
    #expect(table.role(of: ben, name: bytes("ben")) == nil)
  }

  @Test func aNewPasswordEndsTheSessionsOfItsUserAlone() throws {
    var table = AccountTable.ofTwo
    table.logIn("ben", at: 100, secret: "one")
    table.logIn("anna", at: 100, secret: "two")
    let before = table.users[1].number
    try table.apply(.newPassword(name("ben"), horse))
    #expect(table.sessions.map(\.user.description) == ["anna"])
    #expect(table.users[1].number != before)
  }

  @Test func aSessionThatWasOpenedWithAnOldPasswordIsNot() throws {
    var table = AccountTable.ofTwo
    let old = table.users[1].number
    try table.apply(.newPassword(name("ben"), horse))
    let session = AccountTable.Session(
      digest: SecretDigest(of: bytes("late")), user: name("ben"), created: 1, lastSeen: 1, client: "x", address: "x")
    try table.apply(.addSession(session, userNumber: old))
    #expect(table.sessions.isEmpty)
  }

  @Test func theLastAdminStaysWhileThereAreOthers() throws {
    var table = AccountTable.ofTwo
    #expect(throws: AccountMistake.lastAdmin(name("anna"))) { try table.apply(.removeUser(name("anna"))) }
    #expect(throws: AccountMistake.lastAdmin(name("anna"))) { try table.apply(.setRole(name("anna"), .view)) }
    try table.apply(.setRole(name("ben"), .admin))
    try table.apply(.removeUser(name("anna")))
    try table.apply(.removeUser(name("ben")))
    #expect(table == AccountTable())
  }

  @Test func usersAndTokensShareTheirNames() throws {
    var table = AccountTable.ofTwo
    let token = AccountTable.Token.make(name: name("ben"), role: .view, now: 1).token
    #expect(throws: AccountMistake.nameTaken(name("ben"))) { try table.apply(.addToken(token)) }
    try table.apply(.addToken(AccountTable.Token.make(name: name("backup"), role: .view, now: 1).token))
    let user = AccountTable.User(name: name("backup"), role: .view, password: horse)
    #expect(throws: AccountMistake.nameTaken(name("backup"))) { try table.apply(.addUser(user)) }
    #expect(throws: AccountMistake.noToken(name("ben"))) { try table.apply(.removeToken(name("ben"))) }
    try table.apply(.removeToken(name("backup")))
  }

  @Test func everythingIsBoundedAndAFullTableCanBeReadBack() throws {
    var table = AccountTable()
    for number in 0..<64 {
      let long = name("u" + String(repeating: "x", count: 28) + "\(number + 100)")
      try table.apply(.addUser(AccountTable.User(name: long, role: .control, password: horse)))
      let other = name("t" + String(repeating: "x", count: 28) + "\(number + 100)")
      try table.apply(.addToken(AccountTable.Token.make(name: other, role: .control, now: .max).token))
    }
    let more = AccountTable.User(name: name("more"), role: .view, password: horse)
    #expect(throws: AccountMistake.tooMany("users", limit: 64)) { try table.apply(.addUser(more)) }
    let token = AccountTable.Token.make(name: name("more"), role: .view, now: 1).token
    #expect(throws: AccountMistake.tooMany("tokens", limit: 64)) { try table.apply(.addToken(token)) }
    let user = table.users[0]
    for number in 0..<300 {
      let session = AccountTable.Session(
        digest: SecretDigest(of: bytes("\(number)")), user: user.name, created: .max, lastSeen: UInt64(number),
        client: String(repeating: "\"", count: ClientDescription.limit), address: String(repeating: "f", count: 39))
      try table.apply(.addSession(session, userNumber: user.number))
    }
    #expect(table.sessions.count == 256 && table.sessions.allSatisfy { $0.lastSeen >= 44 })
    #expect(table.encoded.count < AccountTable.sizeLimit)
    #expect(try AccountTable(decoding: table.encoded) == table)
  }

  @Test func theSessionUnusedForLongestMakesRoom() throws {
    var table = AccountTable.ofTwo
    for number in 0..<256 { table.logIn("ben", at: UInt64(1000 - number), secret: "\(number)") }
    try table.apply(.see(session: SecretDigest(of: bytes("255")).number, at: 5000))
    table.logIn("anna", at: 2000, secret: "new")
    #expect(table.session(SecretDigest(of: bytes("255"))) != nil)
    #expect(table.session(SecretDigest(of: bytes("254"))) == nil)
    #expect(table.sessions.count == 256)
  }

  @Test func sessionsEndByTheirShortIDIfOnlyOneBeginsSo() throws {
    var table = AccountTable.ofTwo
    table.logIn("ben", at: 1, secret: "one")
    let id = table.sessions[0].shortID
    #expect(id.count == 8)
    #expect(try table.session(beginning: id).number == table.sessions[0].number)
    #expect(try table.session(beginning: String(id.prefix(3)).uppercased()).number == table.sessions[0].number)
    for wrong in ["", "xyz", id + "0123456789"] {
      #expect(throws: AccountMistake.noSession(wrong)) { try table.session(beginning: wrong) }
    }
  }

  @Test func theLinkMakesOneOwner() throws {
    var table = AccountTable()
    let owner = AccountTable.User(name: name("anna"), role: .admin, password: horse)
    let link = AccountTable.Link(digest: SecretDigest(of: bytes("link")), made: 7)
    #expect(throws: AccountMistake.linkIsOver) { try table.apply(.createOwner(owner, link: link.digest)) }
    try table.apply(.setLink(link))
    #expect(throws: AccountMistake.linkIsOver) {
      try table.apply(.createOwner(owner, link: SecretDigest(of: bytes("other"))))
    }
    try table.apply(.createOwner(owner, link: link.digest))
    #expect(table.hasAdmin && table.link == nil)
    let second = AccountTable.User(name: name("mallory"), role: .admin, password: horse)
    #expect(throws: AccountMistake.linkIsOver) { try table.apply(.createOwner(second, link: link.digest)) }
  }

  // MARK: the file's form

  @Test func aTableComesBackFromItsText() throws {
    var table = AccountTable.ofTwo
    table.logIn("ben", at: 1_764_453_600, secret: "one")
    try table.apply(.addToken(AccountTable.Token.make(name: name("backup"), role: .view, now: 1).token))
    try table.apply(.setLink(AccountTable.Link(digest: SecretDigest(of: bytes("link")), made: 7)))
    #expect(try AccountTable(decoding: table.encoded) == table)
    #expect(try AccountTable(decoding: AccountTable().encoded) == AccountTable())
    let whole = text(table.encoded)
    #expect(!whole.contains("correct horse") && !whole.contains("hg_") && !whole.contains("\"one\""))
  }

  @Test func everyTruncationIsRefused() throws {
    var table = AccountTable.ofTwo
    table.logIn("ben", at: 1_764_453_600, secret: "one")
    let whole = table.encoded
    for count in 0..<whole.count - 1 {  // without its last end of line it is whole
      #expect(throws: AccountFileFlaw.notJSON) { try AccountTable(decoding: Array(whole.prefix(count))) }
    }
  }

  /// Whatever one bit makes of a file, it is read wholly or refused, and nothing traps.
  @Test func everyBitThatFlipsGivesATableOrAFlaw() throws {
    var table = AccountTable.ofTwo
    table.logIn("ben", at: 1_764_453_600, secret: "one")
    let whole = table.encoded
    for bit in stride(from: 0, to: whole.count * 8, by: 3) {  // each byte, and each of its bits somewhere
      var content = whole
      content[bit / 8] ^= 1 << (bit % 8)
      if let read = try? AccountTable(decoding: content) { #expect(try AccountTable(decoding: read.encoded) == read) }
    }
  }

  @Test(arguments: [
    ("{}", .unknownVersion), ("[]", .unknownVersion), (#"{"heliograph-accounts":2}"#, .unknownVersion),
    ("heliograph-state 2", .notJSON), ("", .notJSON),
    (#"{"heliograph-accounts":1,"users":[],"tokens":[]}"#, .malformed("no list with a session, or one")),
    (#"{"heliograph-accounts":1,"users":[],"tokens":[],"sessions":{}}"#, .malformed("a session")),
    (#"{"heliograph-accounts":1,"users":[],"tokens":[],"sessions":[],"groups":[]}"#, .malformed("a member")),
    (#"{"heliograph-accounts":1,"users":[],"users":[],"tokens":[],"sessions":[]}"#, .malformed("a member")),
    (#"{"heliograph-accounts":1,"users":[{}],"tokens":[],"sessions":[]}"#, .malformed("a user")),
    (#"{"heliograph-accounts":1,"users":[],"tokens":[7],"sessions":[]}"#, .malformed("a token")),
    (#"{"heliograph-accounts":1,"users":[],"tokens":[],"sessions":[],"link":{}}"#, .malformed("a link")),
  ] as [(String, AccountFileFlaw)])
  func eachFlawIsNamed(_ content: String, _ flaw: AccountFileFlaw) {
    #expect(throws: flaw) { try AccountTable(decoding: bytes(content)) }
  }

  @Test func aNameTwiceOrASessionOfNobodyIsRefused() throws {
    var table = AccountTable.ofTwo
    table.logIn("ben", at: 1, secret: "one")
    let whole = text(table.encoded)
    for (old, new) in [(#""name":"ben""#, #""name":"anna""#), (#""user":"ben""#, #""user":"carl""#),
      (#""role":"admin""#, #""role":"root""#), (#""name":"ben""#, #""name":"Ben""#), (#""name":"ben""#, #""name":"http""#)]
    {
      let content = bytes(whole.replacing(old, with: new))
      #expect(throws: AccountFileFlaw.self, "\(new)") { try AccountTable(decoding: content) }
    }
  }
}
