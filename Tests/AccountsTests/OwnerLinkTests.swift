// SPDX-License-Identifier: MIT

// The link that makes the owner: once, for a day, and one owner.

import ConformanceSupport
import DeviceServer
import Testing

@testable import Accounts

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct OwnerLinkTests {
  @Test func theLinkMakesTheOwnerOnce() {
    var desk = Desk(AccountTable())
    let link = desk.book.makeLink(at: desk.now)
    #expect(link.count == 22 && desk.book.isLink(link, at: desk.now))
    func redeem(_ link: [UInt8], _ user: String = "anna", _ password: String = "correct horse") -> LoginAnswer {
      desk.book.redeem(
        link: link, name: bytes(user), password: bytes(password), from: phone, userAgent: [], at: desk.now)
    }
    #expect(redeem(link.dropLast()) == .mistake(.linkIsOver))
    #expect(redeem(link, "anna", "short") == .mistake(.shortPassword))
    #expect(redeem(link, "http") == .mistake(.reservedName("http")))
    #expect(redeem(link) == .wait)
    #expect(redeem(link) == .wait)
    desk.work()
    #expect(desk.hashes == 1)
    guard case .session(let secret, let owner) = redeem(link) else { return #expect(Bool(false)) }
    #expect(owner.role == .admin && owner.name == name("anna"))
    #expect(redeem(link) == .mistake(.linkIsOver))
    #expect(redeem(link, "mallory") == .mistake(.linkIsOver))
    #expect(!desk.book.isLink(link, at: desk.now))
    desk.work()
    #expect(desk.file == desk.book.table && desk.file.hasAdmin && desk.file.link == nil)
    #expect(desk.cookie(secret) == .principal(owner))
  }

  @Test func theLinkIsOverAfterADayAndWhenThereIsANewerOne() {
    var desk = Desk(AccountTable())
    let first = desk.book.makeLink(at: desk.now)
    let second = desk.book.makeLink(at: desk.now)
    #expect(!desk.book.isLink(first, at: desk.now) && desk.book.isLink(second, at: desk.now))
    desk.now.unixSeconds += 1_000_000  // the network has told the date
    #expect(desk.book.isLink(second, at: desk.now))
    desk.advance(24 * 3600)
    #expect(!desk.book.isLink(second, at: desk.now))
    desk.work()
    #expect(desk.file.link == nil)
  }

  @Test func twoWhoUseTheLinkAtOnceMakeOneOwner() {
    var desk = Desk(AccountTable())
    let link = desk.book.makeLink(at: desk.now)
    func redeem(_ user: String) -> LoginAnswer {
      desk.book.redeem(
        link: link, name: bytes(user), password: bytes("correct horse"), from: phone, userAgent: [], at: desk.now)
    }
    #expect(redeem("anna") == .wait && redeem("mallory") == .wait)
    desk.work()
    guard case .session = redeem("anna") else { return #expect(Bool(false)) }
    #expect(redeem("mallory") == .mistake(.linkIsOver))
    #expect(desk.book.table.users.map(\.name.description) == ["anna"])
  }
}
