// SPDX-License-Identifier: MIT

// What a user or a token may be called.

import Accounts
import ConformanceSupport
import Testing

@Suite struct AccountNameTests {
  @Test(arguments: [
    ("anna", "anna"), ("Anna", "anna"), (" anna ", "anna"), ("a", "a"), ("a.b_c-9", "a.b_c-9"),
    (String(repeating: "x", count: 32), String(repeating: "x", count: 32)),
  ])
  func aNameIsSmallASCII(_ typed: String, _ name: String) throws {
    #expect(try AccountName(typed).description == name)
  }

  @Test(arguments: [
    "", " ", "1anna", ".anna", "-anna", "_anna", "#1", "an na", "anna\n", "ännä", "аnnа", "anna:", "anna\u{0}",
    String(repeating: "x", count: 33), "a/b", "a@b", "a\u{301}",
  ])
  func anythingElseIsRefused(_ typed: String) {
    #expect(throws: AccountMistake.badName) { try AccountName(typed) }
  }

  @Test(arguments: [
    "button", "http", "mqtt", "terminal", "timer", "interlock", "program", "Button", " guest",
  ])
  func nobodyIsCalledLikeAnotherAuthor(_ typed: String) {
    #expect(throws: AccountMistake.self) { try AccountName(typed) }
  }

  @Test func bytesThatAreNotUTF8AreNoName() {
    #expect(throws: AccountMistake.badName) { try AccountName(bytes: [0x61, 0xFF]) }
  }
}
