// SPDX-License-Identifier: MIT

// The accounts at the door of a server: judges each request and handshake, and has the routes by which people log in
// and out. It belongs to the event loop, as the application does, and does nothing that takes time: what the book wants
// done elsewhere is handed out by `nextWork`, and while it is done, requests wait (see `Access.wait`).
//
//     Router(…): gatekeeper.add(to: &router)
//     each loop: deadline = gatekeeper.poll(now: now); while let work = gatekeeper.nextWork() { … }
//     a result:  gatekeeper.receive(result, now: now), then `settle(&server, &context, now: now)`

import Bytes
public import DeviceServer
import HTTPCore
public import Timebase

/// Asks people who they are.
public final class Gatekeeper {
  /// What somebody has done, or tried, for the log.
  public enum Event: Equatable, Sendable {
    /// Something went well: somebody logged in or out.
    case notice(String)
    /// Something did not: a wrong password, a file that cannot be written.
    case warning(String)
  }

  /// The accounts.
  public internal(set) var book: AccountBook
  /// What those may do who are not logged in: nothing, or look.
  public let guests: Role
  /// Seconds since 1970, told by the owner.
  public var unixSeconds: UInt64
  private let cookieSuffix: [UInt8]
  private var waiting: [ConnectionID] = []
  private var seenChange: UInt64
  private var refreshTime: MonotonicTime
  private var events: [Event] = []

  /// How often the sessions of open pages are noted as used.
  private static var refreshEvery: Milliseconds { .minutes(60) }
  /// The most lines for the log that wait; past it they are dropped, for a flood is no news.
  private static var eventLimit: Int { 32 }

  /// A gatekeeper.
  ///
  /// - Parameters:
  ///   - book: The accounts, and what is known of those who try.
  ///   - guests: What those may do who are not logged in: `.none` or `.view`.
  ///   - cookieSuffix: What tells this device's cookie from those of others on the same host, such as its port.
  ///   - unixSeconds: The time now, in seconds since 1970.
  public init(_ book: AccountBook, guests: Role = .none, cookieSuffix: [UInt8] = [], unixSeconds: UInt64) {
    self.book = book
    self.guests = min(guests, .view)
    self.cookieSuffix = cookieSuffix
    self.unixSeconds = unixSeconds
    seenChange = book.changeNumber
    refreshTime = .zero
  }

  // MARK: time and work

  /// Does what is due, and returns when to be called again.
  public func poll(now: MonotonicTime) -> MonotonicTime { book.poll(moment(now)) }

  /// The next thing to be done elsewhere; nil if there is none.
  public func nextWork() -> AccountWork? { book.nextWork() }

  /// Takes what came of work; `settle` follows.
  public func receive(_ result: AccountResult, now: MonotonicTime) { book.receive(result, at: moment(now)) }

  /// Tries the requests that wait again, and ends the sockets and streams of those who are not logged in any more.
  public func settle<Context: ~Copyable>(_ server: inout Server<Context>, _ context: inout Context, now: MonotonicTime) {
    let tried = waiting
    waiting = []
    for connection in tried { server.retry(connection, now: now, &context) }
    guard book.changeNumber != seenChange || now >= refreshTime else { return }
    seenChange = book.changeNumber
    refreshTime = now + Self.refreshEvery
    let moment = moment(now)
    server.revoke(now: now) { principal in
      guard principal.session != 0, let role = AccountRole(principal.role) else { return false }
      return !self.book.holds(principal.session, name: principal.name, role: role, at: moment)
    }
  }

  /// Whether `settle` has something to do: somebody has logged out.
  public var isUnsettled: Bool { book.changeNumber != seenChange }

  /// What there is for the log.
  public func takeEvents() -> [Event] {
    defer { events = [] }
    return events + book.takeNotices().map(Event.warning)
  }

  /// A one-time link by which the owner chooses a password; nil if there is an administrator already.
  public func makeOwnerLink(now: MonotonicTime) -> String? {
    guard !book.table.hasAdmin else { return nil }
    return "owner?link=" + String(decoding: book.makeLink(at: moment(now)), as: UTF8.self)
  }

  private func moment(_ now: MonotonicTime) -> Moment { Moment(now, unixSeconds: unixSeconds) }

  // MARK: judging

  /// Adds the judgement and the routes.
  public func add<Context: ~Copyable>(to router: inout Router<Context>) {
    router.onAccess { _, request, needed, response in self.judge(request, needed, &response) }
    router.on(.get, "/login.css", needs: Role.none) { _, _, response in
      response.head.add("Cache-Control", "max-age=3600")
      response.send(LoginPage.styleSheet, type: "text/css; charset=utf-8")
    }
    router.on(.get, "/login", needs: Role.none) { _, request, response in self.getLogin(request, &response) }
    router.on(.post, "/login", needs: Role.none) { _, request, response in self.postLogin(request, &response) }
    router.on(.post, "/logout", needs: Role.none) { _, request, response in self.postLogout(request, &response) }
    router.on(.get, "/owner", needs: Role.none) { _, request, response in self.getOwner(request, &response) }
    router.on(.post, "/owner", needs: Role.none) { _, request, response in self.postOwner(request, &response) }
    addSessions(to: &router)
  }

  private func judge(_ request: borrowing Request, _ needed: Role, _ response: inout Response) -> Access {
    guard needed > .none else { return .granted(Principal(role: guests)) }
    switch identify(request) {
    case .wait:
      waiting.append(request.connection)
      return .wait
    case .principal(let found):
      let principal = Principal(found)
      if principal.role >= needed { return .granted(principal) }
      response.fail(.forbidden, words: "\(found.name) may not do that: it needs the role \(needed.word)")
    case .anonymous:
      if guests >= needed { return .granted(Principal(role: guests)) }
      challenge(request, &response, "")
    case .refused(let refusal, let wait): refuse(refusal, wait, request, &response)
    }
    return .answered
  }

  func identify(_ request: borrowing Request) -> Judgement {
    book.judge(request.head, cookie: cookie(for: request), from: request.remote, at: moment(request.now))
  }

  private func cookie(for request: borrowing Request) -> SessionCookie {
    SessionCookie(isSecure: request.scheme == .https, prefix: [UInt8](request.prefix), suffix: cookieSuffix)
  }

  // MARK: answers

  /// 401 with the ways to log in (RFC 9110 section 11.6.1): for a browser the form, since a challenge for Basic would
  /// have it ask in a window of its own.
  func challenge(_ request: borrowing Request, _ response: inout Response, _ problem: String) {
    if request.prefersHTML {
      var page = LoginPage(for: request.path)
      page.appendForm(next: next(request), problem: problem, way: way(request))
      send(page, .unauthorized, &response)
    } else {
      response.fail(
        .unauthorized, words: problem.isEmpty ? "log in: send Authorization with a token or a password" : problem)
      response.head.add("WWW-Authenticate", "Basic realm=\"heliograph\", charset=\"UTF-8\"")
      Self.addBearer(to: &response)
    }
  }

  func refuse(
    _ refusal: AccountRefusal, _ wait: Milliseconds, _ request: borrowing Request, _ response: inout Response
  ) {
    if refusal == .wrongPassword || refusal == .unknownToken { note(refusal, request) }
    switch refusal {
    case .tooManyTries, .busy:
      sayLater(refusal, wait, request, &response)
    case .malformed, .wrongPassword, .unknownToken:
      challenge(request, &response, refusal.words)
    }
  }

  private func sayLater(
    _ refusal: AccountRefusal, _ wait: Milliseconds, _ request: borrowing Request, _ response: inout Response
  ) {
    let status: HTTPStatus = refusal == .busy ? .serviceUnavailable : .tooManyRequests
    let seconds = (UInt64(wait.count) + 999) / 1000
    let words = "\(refusal.words); try again in \(max(seconds, 1)) s"
    if request.prefersHTML {
      var page = LoginPage(for: request.path)
      page.appendForm(next: next(request), problem: words)
      send(page, status, &response)
    } else {
      response.fail(status, words: words)
    }
    response.head.add("Retry-After", decimal: max(seconds, 1))
  }

  func send(_ page: LoginPage, _ status: HTTPStatus, _ response: inout Response) {
    response.status = status
    response.head.add("Content-Type", MediaType.html)
    response.head.add("Cache-Control", "no-store")
    if status == .unauthorized { Self.addBearer(to: &response) }
    response.body = page.html
  }

  /// The challenge that goes with every 401 (RFC 9110 section 15.5.2).
  private static func addBearer(to response: inout Response) {
    response.head.add("WWW-Authenticate", "Bearer realm=\"heliograph\"")
  }

  /// Lets a form wait until the book knows the answer.
  func wait(_ request: borrowing Request, _ response: inout Response) {
    waiting.append(request.connection)
    response.isToWait = true
  }

  private func open(
    _ answer: LoginAnswer, next: [UInt8], _ request: borrowing Request, _ response: inout Response,
    problem: (String, HTTPStatus) -> Void
  ) {
    switch answer {
    case .session(let secret, let principal):
      events.append(.notice("\(principal.name) has logged in from \(address(request))"))
      response.status = .seeOther
      response.head.add("Location", ([UInt8(ascii: ".")] + next).span)
      response.head.add("Set-Cookie", cookie(for: request).setting(secret).span)
      response.head.add("Cache-Control", "no-store")
    case .wait: wait(request, &response)
    case .mistake(let mistake): problem(mistake.description, .badRequest)
    case .refused(let refusal, let wait):
      if refusal == .wrongPassword { note(refusal, request) }
      guard wait == 0 else { return sayLater(refusal, wait, request, &response) }
      problem(refusal.words, .unauthorized)
    }
  }

  // MARK: routes

  private func getLogin(_ request: borrowing Request, _ response: inout Response) {
    var page = LoginPage(for: request.path)
    switch identify(request) {
    case .wait: return wait(request, &response)
    case .principal(let principal): page.appendUser(principal.name.bytes, role: principal.role.rawValue)
    case .anonymous, .refused: page.appendForm(next: [UInt8(ascii: "/")])
    }
    send(page, .ok, &response)
  }

  private func postLogin(_ request: borrowing Request, _ response: inout Response) {
    let form = FormFields(request.body)
    let next = Self.isPath(form["next"]) ? form["next"] : [UInt8(ascii: "/")]
    let answer = book.logIn(
      name: form["name"], password: form["password"], from: request.remote, userAgent: userAgent(request),
      at: moment(request.now))
    var problem: (words: String, status: HTTPStatus)?
    open(answer, next: next, request, &response) { problem = ($0, $1) }
    guard let problem else { return }
    var page = LoginPage(for: request.path)
    page.appendForm(next: next, problem: problem.words)
    send(page, problem.status, &response)
  }

  private func postLogout(_ request: borrowing Request, _ response: inout Response) {
    if case .principal(let principal) = identify(request), principal.isSession {
      book.logOut(principal.number)
      events.append(.notice("\(principal.name) has logged out"))
    }
    response.status = .seeOther
    response.head.add("Location", "./")
    response.head.add("Set-Cookie", cookie(for: request).removal.span)
  }

  private func getOwner(_ request: borrowing Request, _ response: inout Response) {
    var page = LoginPage(for: request.path)
    let link = FormFields(request.head.query)["link"]
    guard book.isLink(link, at: moment(request.now)) else {
      page.appendWords("This link is over", "\(AccountMistake.linkIsOver)")
      return send(page, .forbidden, &response)
    }
    page.appendOwnerForm(link: link, name: Array("owner".utf8))
    send(page, .ok, &response)
  }

  private func postOwner(_ request: borrowing Request, _ response: inout Response) {
    let form = FormFields(request.body)
    var problem: (words: String, status: HTTPStatus)?
    if form["password"] == form["again"] {
      let answer = book.redeem(
        link: form["link"], name: form["name"], password: form["password"], from: request.remote,
        userAgent: userAgent(request), at: moment(request.now))
      open(answer, next: [UInt8(ascii: "/")], request, &response) { problem = ($0, $1) }
    } else {
      problem = ("the two passwords differ", .badRequest)
    }
    guard let problem else { return }
    var page = LoginPage(for: request.path)
    page.appendOwnerForm(link: form["link"], name: form["name"], problem: problem.words)
    send(page, problem.status, &response)
  }

  // MARK: pieces

  /// Where a login leads: to what was asked for, if that can be asked for again.
  private func next(_ request: borrowing Request) -> [UInt8] {
    guard request.head.method == .get else { return [UInt8(ascii: "/")] }
    let query = [UInt8](request.head.query)
    return [UInt8](request.head.path) + (query.isEmpty ? [] : [UInt8(ascii: "?")] + query)
  }

  /// How somebody has come to a page that needs a login, as the browser says it (Fetch Metadata, section 2).
  private func way(_ request: borrowing Request) -> LoginPage.Way {
    guard let site = request.head.field("Sec-Fetch-Site"), site.equals("cross-site") else { return .direct }
    guard let destination = request.head.field("Sec-Fetch-Dest") else { return .direct }
    return destination.equals("document") ? .link : .frame
  }

  /// Whether a path leads to this device and nowhere else: `//evil.example` and `/\evil.example` are other hosts.
  static func isPath(_ path: [UInt8]) -> Bool {
    guard path.first == UInt8(ascii: "/"), path.count <= 1024 else { return false }
    if path.count > 1, path[1] == UInt8(ascii: "/") || path[1] == UInt8(ascii: "\\") { return false }
    return path.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }
  }

  private func userAgent(_ request: borrowing Request) -> [UInt8] {
    guard let field = request.head.field("User-Agent") else { return [] }
    return [UInt8](field)
  }

  /// Keeps a line for the log.
  func add(_ event: Event) {
    if events.count < Self.eventLimit { events.append(event) }
  }

  private func note(_ refusal: AccountRefusal, _ request: borrowing Request) {
    guard events.count < Self.eventLimit else { return }
    events.append(.warning("\(refusal.words), from \(address(request))"))
  }

  func address(_ request: borrowing Request) -> String {
    String(decoding: request.remote.addressText, as: UTF8.self)
  }
}

extension Response {
  mutating func fail(_ status: HTTPStatus, words: String) { fail(status, Array(words.utf8).span) }
}

extension AccountRefusal {
  /// What a person reads.
  var words: String {
    switch self {
    case .malformed: "the Authorization field is malformed"
    case .wrongPassword: "wrong name or password"
    case .unknownToken: "unknown token"
    case .tooManyTries: "too many wrong passwords"
    case .busy: "the device is busy with other logins"
    }
  }
}

extension AccountRole {
  init?(_ role: Role) {
    switch role {
    case .none: return nil
    case .view: self = .view
    case .control: self = .control
    case .admin: self = .admin
    }
  }

  /// The same, as the server knows it.
  public var role: Role {
    switch self {
    case .view: .view
    case .control: .control
    case .admin: .admin
    }
  }
}

extension Principal {
  fileprivate init(_ principal: AccountPrincipal) {
    self.init(role: principal.role.role, name: principal.name.bytes, session: principal.number)
  }
}
