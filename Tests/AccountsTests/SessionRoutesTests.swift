// SPDX-License-Identifier: MIT

// Where people are logged in, as a person and a script see it, and how it ends from elsewhere; in virtual time.

import Accounts
import ConformanceSupport
import DeviceServer
import Testing
import Timebase

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct SessionRoutesTests {
  /// A house with an administrator, anna, and one who may look, ben; both are logged in.
  private struct Family {
    let house = House()
    let anna: String
    let ben: String

    init() throws {
      let name = try AccountName("ben")
      let password = try Password(new: Array("battery staple".utf8), for: name)
      let hash = try PasswordHash(of: password, .init(logN: 4, r: 1, p: 1))
      try house.disk.apply(.addUser(AccountTable.User(name: name, role: .view, password: hash)))
      house.network.advance(by: .seconds(5))
      house.work()
      anna = house.logIn()
      ben = house.post("/login", "name=ben&password=battery+staple") ?? ""
    }

    func list(_ cookie: String) -> String { house.ask("GET", "/sessions", ["Cookie: \(cookie)"])?.text ?? "" }

    /// What lists call the session of a user.
    func id(_ user: String) -> String {
      house.gatekeeper.book.table.sessions.first { $0.user.description == user }?.shortID ?? ""
    }
  }

  @Test func everybodySeesTheirOwnAndAnAdministratorAll() throws {
    let family = try Family()
    let anna = family.list(family.anna), ben = family.list(family.ben)
    #expect(anna.contains(#""id":"\#(family.id("anna"))","user":"anna""#) && anna.contains(#""user":"ben""#))
    #expect(ben.contains(#""id":"\#(family.id("ben"))","user":"ben""#) && !ben.contains("anna"))
    #expect(ben.contains(#""own":true"#) && anna.contains(#""own":false"#))
    #expect(anna.contains(#""address":"192.168.1.100""#), "\(anna)")
    #expect(family.house.ask("GET", "/sessions")?.status == 401)
  }

  @Test func aBrowserGetsAPageWithAButtonForEach() throws {
    let family = try Family()
    let page = family.house.ask("GET", "/sessions", ["Cookie: \(family.anna)", "Accept: text/html"])
    #expect(page?.status == 200 && page?["cache-control"] == "no-store")
    #expect(page?.text.ranges(of: #"<form method="post" action="./sessions">"#).count == 2)
    let link = family.house.ask("GET", "/login", ["Cookie: \(family.anna)", "Accept: text/html"])
    #expect(link?.text.contains(#"<a href="./sessions">"#) == true)
    let form = family.house.ask("GET", "/sessions", ["Accept: text/html"])
    #expect(form?.status == 401 && form?.text.contains(#"name="next" value="/sessions""#) == true)
  }

  /// A phone that is lost: its pages are closed, and its cookie opens nothing any more.
  @Test func whatIsEndedFromElsewhereIsLoggedOutAtOnce() throws {
    let family = try Family()
    let socket = family.house.client()
    socket.send(Wire.upgrade("/ws", ["Cookie: \(family.ben)"]))
    socket.expectUpgraded()
    let answer = family.house.send("/sessions", "session=\(family.id("ben"))", ["Cookie: \(family.anna)"])
    #expect(answer?.status == 303 && answer?["location"] == "sessions")
    #expect(socket.frame() == .close(1008, "logged out"))
    #expect(family.house.ask("GET", "/page.txt", ["Cookie: \(family.ben)"])?.status == 401)
    #expect(family.house.ask("GET", "/page.txt", ["Cookie: \(family.anna)"])?.status == 200)
  }

  /// The cookie is `SameSite=Strict`, so that request is without it; the next one has it.
  @Test func aLinkOfAnotherSiteLeadsWhereItShould() throws {
    let family = try Family()
    func page(_ site: String, _ destination: String) -> String {
      let fields = ["Accept: text/html", "Sec-Fetch-Site: \(site)", "Sec-Fetch-Dest: \(destination)"]
      return family.house.ask("GET", "/page.txt?a=1&b=2", fields)?.text ?? ""
    }
    let refresh = #"<meta http-equiv="refresh" content="0">"#
    #expect(page("cross-site", "document").contains(refresh))
    #expect(page("cross-site", "document").contains(#"name="next" value="/page.txt?a=1&amp;b=2""#))
    for site in ["same-origin", "same-site", "none"] {
      #expect(!page(site, "document").contains(refresh) && page(site, "iframe").contains("<form"))
    }
    let frame = page("cross-site", "iframe")
    #expect(frame.contains("In a frame of another site nobody can log in") && !frame.contains("<form"))
  }

  @Test func aScriptEndsItByDELETE() throws {
    let family = try Family()
    let path = "/sessions/\(family.id("ben"))"
    #expect(family.house.ask("DELETE", path, ["Cookie: \(family.ben)"])?.status == 204)
    #expect(family.house.ask("GET", "/page.txt", ["Cookie: \(family.ben)"])?.status == 401)
  }

  @Test func whatIsAnothersIsAsIfItWereNotThere() throws {
    let family = try Family()
    for id in [family.id("anna"), "00000000", ""] {
      #expect(family.house.ask("DELETE", "/sessions/\(id)", ["Cookie: \(family.ben)"])?.status == 404)
      #expect(family.house.send("/sessions", "session=\(id)", ["Cookie: \(family.ben)"])?.status == 404)
    }
    // A token may look, and has no session.
    let token = ["Authorization: Bearer \(family.house.token)"]
    #expect(family.house.ask("GET", "/sessions", token)?.text == #"{"sessions":[]}"#)
    #expect(family.house.gatekeeper.book.table.sessions.count == 2)
    // Nor may another site's page end one.
    let foreign = ["Cookie: \(family.anna)", "Origin: http://evil.example"]
    #expect(family.house.ask("DELETE", "/sessions/\(family.id("ben"))", foreign)?.status == 403)
    #expect(family.house.gatekeeper.book.table.sessions.count == 2)
  }
}
