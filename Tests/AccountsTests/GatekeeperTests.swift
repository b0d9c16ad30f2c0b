// SPDX-License-Identifier: MIT

// The door of a server, from the first start to the end of a session, in virtual time: work is done when a test says
// so.

import Accounts
import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct GatekeeperTests {
  // MARK: strangers

  @Test func aBrowserIsAskedByAFormAndAScriptByAChallenge() {
    let house = House()
    let page = house.ask("GET", "/page.txt", ["Accept: text/html"])
    #expect(page?.status == 401)
    #expect(page?.text.contains(#"<form method="post" action="./login">"#) == true)
    #expect(page?.fields.filter { $0.name == "www-authenticate" }.map(\.value) == [#"Bearer realm="heliograph""#])
    let words = house.ask("GET", "/page.txt")
    #expect(words?.status == 401)
    #expect(words?.text == #"{"error":"log in: send Authorization with a token or a password"}"#)
    #expect(words?.fields.filter { $0.name == "www-authenticate" }.count == 2)
  }

  @Test func aFormDeepInThePathLeadsToTheSameLogin() {
    let page = House().ask("GET", "/docs/more/", ["Accept: text/html"])
    #expect(page?.text.contains(#"action="../../login""#) == true)
    #expect(page?.text.contains(#"value="/docs/more/""#) == true)
  }

  @Test func withGuestsEverybodyMayLookAndNobodyUse() {
    let house = House(guests: .view)
    #expect(house.ask("GET", "/page.txt")?.text == "page")
    #expect(house.ask("POST", "/use", body: "")?.status == 401)
  }

  @Test func theMachineItselfAndAdministratorsAskForItsHealth() {
    let house = House()
    let machine = RemoteAddress.ipv4(0x7F00_0001, port: 50_000)
    #expect(house.ask("GET", "/healthz", ["Host: localhost"], from: machine)?.text == "ok")
    #expect(house.ask("GET", "/page.txt", ["Host: localhost"], from: machine)?.status == 401, "but it has no login")
    let passedOn = ["Host: localhost", "X-Forwarded-For: 192.0.2.1"]
    #expect(house.ask("GET", "/healthz", passedOn, from: machine)?.status == 401)
    #expect(house.ask("GET", "/healthz")?.status == 401)
    #expect(house.ask("GET", "/healthz", ["Authorization: Bearer \(house.token)"])?.status == 403, "it may only look")
    #expect(house.ask("GET", "/healthz", ["Cookie: \(house.logIn())"])?.text == "ok")
    #expect(House(guests: .view).ask("GET", "/healthz")?.status == 401)
  }

  // MARK: the owner

  @Test func theLinkOfTheFirstStartMakesTheOwnerOnce() {
    let house = House(hasUser: false)
    let link = house.makeLink()
    let form = house.ask("GET", "/" + link)
    #expect(form?.status == 200)
    #expect(form?.text.contains("Whose device is this?") == true)
    let policies = form?.fields.filter { $0.name == "referrer-policy" }.map(\.value)
    #expect(policies == ["same-origin"], "no other site is told the link; with no-referrer its form had no origin")
    let secret = link.drop { $0 != "=" }.dropFirst()
    let fields = "link=\(secret)&name=Anna&password=correct+horse&again=correct+horse"
    let cookie = house.post("/owner", fields)
    #expect(house.gatekeeper.book.table.users.map(\.name.description) == ["anna"])
    #expect(house.ask("POST", "/use", ["Cookie: \(cookie ?? "")"], body: "")?.text == "anna")
    #expect(house.ask("GET", "/" + link)?.status == 403)
    #expect(house.gatekeeper.makeOwnerLink(now: house.network.now) == nil)
  }

  @Test(arguments: [
    ("correct+horse", "other+horse", "the two passwords differ"),
    ("short", "short", "a password has at least 8 characters"),
    ("owner123", "owner123", ""),
  ])
  func aPasswordThatWillNotDoIsSaidOnTheForm(password: String, again: String, words: String) {
    let house = House(hasUser: false)
    let secret = house.makeLink().drop { $0 != "=" }.dropFirst()
    let client = house.client()
    client.send(house.form("/owner", "link=\(secret)&name=owner&password=\(password)&again=\(again)"))
    house.work()
    let reply = client.reply()
    #expect(reply?.status == (words.isEmpty ? 303 : 400))
    if !words.isEmpty { #expect(reply?.text.contains(words) == true) }
  }

  // MARK: sessions

  @Test func aLoginGivesACookieThatLastsUntilTheLogout() {
    let house = House()
    let cookie = house.logIn()
    #expect(house.ask("GET", "/page.txt", ["Cookie: \(cookie)"])?.text == "page")
    let socket = house.client()
    socket.send(Wire.upgrade("/ws", ["Cookie: \(cookie)"]))
    socket.expectUpgraded()
    _ = house.post("/logout", "", ["Cookie: \(cookie)"])
    #expect(socket.frame() == .close(1008, "logged out"))
    #expect(house.ask("GET", "/page.txt", ["Cookie: \(cookie)"])?.status == 401)
  }

  @Test func theCookieIsOutOfReachOfScriptsAndOtherSites() {
    let house = House()
    let client = house.client()
    client.send(house.form("/login", "name=anna&password=correct+horse"))
    house.work()
    let field = client.reply()?["set-cookie"] ?? ""
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(field.contains("; \(attribute)")) }
  }

  // MARK: behind a proxy

  private static let proxied = ["X-Forwarded-Prefix: /devices/lamp", "X-Forwarded-Proto: http"]

  @Test(arguments: [
    ("http", "", "heliograph_session=", "/"), ("https", "", "__Host-heliograph_session=", "/"),
    ("http", "/devices/lamp", "heliograph_session=", "/devices/lamp/"),
    ("https", "/devices/lamp", "__Secure-heliograph_session=", "/devices/lamp/"),
  ])
  func theCookieIsForThePathOfThisDeviceAlone(scheme: String, prefix: String, name: String, path: String) {
    let house = House()
    var words = ["X-Forwarded-Proto: \(scheme)"]
    if !prefix.isEmpty { words.append("X-Forwarded-Prefix: \(prefix)") }
    let reply = house.send("/login", "name=anna&password=correct+horse", words, from: scheme)
    let field = reply?["set-cookie"] ?? ""
    #expect(field.hasPrefix(name))
    #expect(field.split(separator: "; ").map(String.init).contains("Path=\(path)"))
    #expect(field.split(separator: "; ").map(String.init).contains("Secure") == (scheme == "https"))
  }

  @Test func underAPrefixTheLoginTheSocketAndTheLogoutAreThoseOfTheDevice() {
    let house = House()
    let page = house.ask("GET", "/docs/more", ["Accept: text/html"] + Self.proxied)
    #expect(page?.status == 401)
    #expect(page?.text.contains(#"action="../login""#) == true)
    let reply = house.send("/login", "name=anna&password=correct+horse&next=/docs/more", Self.proxied)
    #expect(reply?.status == 303)
    #expect(reply?["location"] == "./docs/more", "relative, so that it is right under the prefix")
    let cookie = "Cookie: \(reply?["set-cookie"]?.split(separator: "; ").map(String.init).first ?? "")"
    let socket = house.client()
    socket.send(Wire.upgrade("/ws", [cookie] + Self.proxied))
    socket.expectUpgraded()
    let farewell = house.send("/logout", "", [cookie] + Self.proxied)
    #expect(farewell?["location"] == "./")
    #expect(farewell?["set-cookie"]?.contains("=; Max-Age=0; Path=/devices/lamp/;") == true)
    #expect(socket.frame() == .close(1008, "logged out"))
  }

  @Test func underAPrefixTheLinkOfTheFirstStartMakesTheOwner() {
    let house = House(hasUser: false)
    let link = house.makeLink()
    let form = house.ask("GET", "/" + link, Self.proxied)
    #expect(form?.text.contains(#"action="./owner""#) == true)
    let secret = link.drop { $0 != "=" }.dropFirst()
    let reply = house.send(
      "/owner", "link=\(secret)&name=anna&password=correct+horse&again=correct+horse", Self.proxied)
    #expect(reply?["location"] == "./")
    #expect(reply?["set-cookie"]?.contains("; Path=/devices/lamp/;") == true)
  }

  // MARK: where a login leads

  @Test(arguments: [
    ("/docs/", "./docs/"), ("//evil.example/", "./"), (#"/\evil.example"#, "./"), ("https://evil.example/", "./"),
    ("", "./"), ("/a%0d%0ab", "./"),
  ])
  func aLoginLeadsToAPathOfTheDevice(next: String, location: String) {
    let house = House()
    let client = house.client()
    client.send(house.form("/login", "name=anna&password=correct+horse&next=\(next)"))
    house.work()
    #expect(client.reply()?["location"] == location)
  }

  @Test func aWrongPasswordIsSaidAndALotOfThemMustWait() {
    let house = House()
    var statuses: [Int] = []
    for number in 0..<20 {
      let client = house.client()
      client.send(house.form("/login", "name=anna&password=wrong+horse+\(number)"))
      house.work()
      statuses.append(client.reply()?.status ?? 0)
    }
    #expect(statuses.first == 401)
    #expect(statuses.last == 429)
    house.network.advance(by: .minutes(10))
    #expect(!house.logIn().isEmpty)
  }

  @Test func aPasswordThatWasRemovedOnDiskEndsSocketsThatItOpened() {
    let house = House()
    let socket = house.client()
    let basic = "Authorization: Basic YW5uYTpjb3JyZWN0IGhvcnNl"  // anna:correct horse
    socket.send(Wire.upgrade("/ws", [basic]))
    house.work()
    socket.expectUpgraded()
    house.disk = AccountTable()
    house.network.advance(by: .seconds(3))
    house.work()
    #expect(socket.frame() == .close(1008, "logged out"))
  }

  // MARK: tokens and passwords

  @Test func aTokenAndAPasswordAreTakenInTheField() {
    let house = House()
    #expect(house.ask("GET", "/page.txt", ["Authorization: Bearer \(house.token)"])?.text == "page")
    #expect(house.ask("POST", "/use", ["Authorization: Bearer \(house.token)"], body: "")?.status == 403)
    #expect(house.ask("POST", "/use", ["Authorization: Basic YW5uYTpjb3JyZWN0IGhvcnNl"], body: "")?.text == "anna")
    #expect(house.hashes == 1)
    #expect(house.ask("POST", "/use", ["Authorization: Basic YW5uYTpjb3JyZWN0IGhvcnNl"], body: "")?.text == "anna")
    #expect(house.hashes == 1, "the second time costs no hash")
    #expect(house.ask("GET", "/page.txt", ["Authorization: Bearer hg_wrong"])?.status == 401)
  }
}

/// A server with a door, and a disk whose work is done when a test says so.
final class House {
  let gatekeeper: Gatekeeper
  let network: VirtualNetwork<ServerApplication<Int>>
  var disk: AccountTable
  let token: String
  private(set) var hashes = 0
  private let errands = Errands()

  /// What the gatekeeper wanted done in its loops.
  private final class Errands { var work: [AccountWork] = [] }

  init(guests: Role = .none, hasUser: Bool = true) {
    var table = AccountTable()
    let anna = try! AccountName("anna")
    if hasUser {
      let password = try! Password(new: Array("correct horse".utf8), for: anna)
      let hash = try! PasswordHash(of: password, .init(logN: 4, r: 1, p: 1))
      try! table.apply(.addUser(AccountTable.User(name: anna, role: .admin, password: hash)))
    }
    let (token, text) = AccountTable.Token.make(name: try! AccountName("script"), role: .view, now: 0)
    try! table.apply(.addToken(token))
    self.token = String(decoding: text, as: UTF8.self)
    disk = table
    gatekeeper = Gatekeeper(
      AccountBook(table, at: Moment(.zero, unixSeconds: 1_790_000_000)), guests: guests, unixSeconds: 1_790_000_000)
    var router = Router<Int>()
    router.assets = AssetTable([StaticAsset(path: bytes("/page.txt"), bytes: bytes("page"))])
    router.get("/docs/*") { _, _, response in response.send("docs") }
    router.on(.post, "/use") { _, request, response in response.body = request.principal.name }
    router.onThisMachine(
      "/healthz", { _, _, response in response.send("ok") }, documented: Operation("Health", answers: []))
    router.webSocket("/ws") { _, _, _ in }
    gatekeeper.add(to: &router)
    var server = Server(router: router)
    server.trustedProxies = [try! AddressRange(parsing: bytes("192.168.1.0/24").span)]
    network = VirtualNetwork(
      ServerApplication(server, context: 0) { [gatekeeper, errands] _, _, now in
        _ = gatekeeper.poll(now: now)
        while let work = gatekeeper.nextWork() { errands.work.append(work) }
        return gatekeeper.poll(now: now)
      })
  }

  func client(from remote: RemoteAddress? = nil) -> VirtualClient<ServerApplication<Int>> {
    remote.map { VirtualClient(network, from: $0) } ?? VirtualClient(network)
  }

  /// Does all work that waits, and what follows from it.
  func work() {
    while !errands.work.isEmpty {
      let result = perform(errands.work.removeFirst())
      network.change { [gatekeeper] application, now in
        gatekeeper.receive(result, now: now)
        gatekeeper.settle(&application.server, &application.context, now: now)
      }
    }
    network.change { [gatekeeper] application, now in
      gatekeeper.settle(&application.server, &application.context, now: now)
    }
  }

  private func perform(_ work: AccountWork) -> AccountResult {
    switch work {
    case .check(let job, let password, let hash):
      hashes += 1
      return .checked(job: job, isRight: (try? hash.matches(password)) == true, better: nil)
    case .hash(let job, let password):
      return .hashed(job: job, try! PasswordHash(of: password, .init(logN: 4, r: 1, p: 1)))
    case .store(let changes):
      for change in changes { try? disk.apply(change) }
      return .stored(disk, count: changes.count)
    case .look: return .seen(disk)
    }
  }

  func ask(
    _ method: String, _ path: String, _ fields: [String] = [], body: String? = nil, from remote: RemoteAddress? = nil
  ) -> Reply? {
    let client = client(from: remote)
    client.send(Wire.request(method, path, fields, body: body))
    work()
    return client.reply()
  }

  func form(_ path: String, _ fields: String, _ more: [String] = [], from scheme: String = "http") -> [UInt8] {
    Wire.request(
      "POST", path, ["Origin: \(scheme)://192.168.1.32", "Content-Type: application/x-www-form-urlencoded"] + more,
      body: fields)
  }

  /// Sends a form from a page that came by `scheme`, and returns the answer.
  func send(_ path: String, _ fields: String, _ more: [String], from scheme: String = "http") -> Reply? {
    let client = client()
    client.send(form(path, fields, more, from: scheme))
    work()
    return client.reply()
  }

  /// Sends a form, and returns the cookie that it gives.
  func post(_ path: String, _ fields: String, _ more: [String] = []) -> String? {
    send(path, fields, more)?["set-cookie"].map { String($0.prefix { $0 != ";" }) }
  }

  func logIn() -> String { post("/login", "name=anna&password=correct+horse") ?? "" }

  func makeLink() -> String { gatekeeper.makeOwnerLink(now: network.now) ?? "" }
}
