// SPDX-License-Identifier: MIT

// Where people are logged in, and the way to end it from elsewhere: a phone that is lost is logged out by another one.
// Everybody sees their own sessions, an administrator all. A page with forms for people, JSON and DELETE for scripts.

import Bytes
import DeviceServer
import HTTPCore

/// The sessions that somebody may see and end.
struct SessionList {
  /// The oldest first.
  let sessions: [AccountTable.Session]
  /// The one that asks; 0 if it is none.
  let own: UInt64

  /// What `principal` may see: all as an administrator, else what has their name, which no token and no other user has.
  init(_ table: AccountTable, for principal: AccountPrincipal) {
    own = principal.isSession ? principal.number : 0
    sessions = table.sessions.filter { principal.role == .admin || $0.user == principal.name }
  }

  /// The one that is called so in lists (`AccountTable.Session.shortID`).
  func session(_ id: Span<UInt8>) -> AccountTable.Session? { sessions.first { Array($0.shortID.utf8).span.equals(id) } }

  /// Appends `{"sessions":[{"id":"1f2e3d4c","user":"anna",…}]}`; times are seconds since 1970.
  func write(to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.name("sessions")
      json.beginArray()
      for session in sessions { session.write(isOwn: session.number == own, &json) }
      json.endArray()
      json.endObject()
    }
  }
}

extension AccountTable.Session {
  fileprivate func write(isOwn: Bool, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("id", Array(shortID.utf8).span)
    json.member("user", user.bytes.span)
    json.member("client", Array(client.utf8).span)
    json.member("address", Array(address.utf8).span)
    json.member("created", created)
    json.member("seen", lastSeen)
    json.member("own", isOwn)
    json.endObject()
  }
}

extension Gatekeeper {
  /// Adds the page of sessions, and what scripts ask for in its place.
  func addSessions<Context: ~Copyable>(to router: inout Router<Context>) {
    router.on(.get, "/sessions", needs: Role.none) { _, request, response in
      guard let list = self.sessions(request, &response) else { return }
      if request.prefersHTML {
        var page = LoginPage(for: request.path)
        page.appendSessions(list)
        self.send(page, .ok, &response)
      } else {
        response.head.add("Cache-Control", "no-store")
        response.sendJSON { list.write(to: &$0) }
      }
    }
    router.on(.post, "/sessions", needs: Role.none) { _, request, response in
      guard let list = self.sessions(request, &response) else { return }
      let id = FormFields(request.body)["session"]
      guard self.end(id.span, of: list, request, &response) else { return }
      response.status = .seeOther
      response.head.add("Location", "sessions")
    }
    router.on(.delete, "/sessions/:session", needs: Role.none) { _, request, response in
      guard let list = self.sessions(request, &response), let id = request.parameter("session") else { return }
      guard self.end(id, of: list, request, &response) else { return }
      response.status = .noContent
    }
  }

  /// What whoever asks may see; nil if the response says why that is nothing.
  private func sessions(_ request: borrowing Request, _ response: inout Response) -> SessionList? {
    switch identify(request) {
    case .wait: wait(request, &response)
    case .principal(let principal): return SessionList(book.table, for: principal)
    case .anonymous: challenge(request, &response, "")
    case .refused(let refusal, let wait): refuse(refusal, wait, request, &response)
    }
    return nil
  }

  /// Ends a session of the list; false, and an answer, if it is not there.
  private func end(
    _ id: Span<UInt8>, of list: SessionList, _ request: borrowing Request, _ response: inout Response
  ) -> Bool {
    guard let session = list.session(id) else {
      response.fail(.notFound, words: "there is no such session, or it is not yours")
      return false
    }
    book.logOut(session.number)
    add(.notice("the session \(session.shortID) of \(session.user) was ended from \(address(request))"))
    return true
  }
}

extension LoginPage {
  /// Where people are logged in, each with a button that ends it.
  mutating func appendSessions(_ list: SessionList) {
    begin("Logged in", "")
    append("<ul>")
    for session in list.sessions {
      append("<li><b>", escaped: session.user.bytes, "</b>, ")
      append("", escaped: Array(session.client.utf8), session.number == list.own ? " (here)" : "")
      append(" at ", escaped: Array(session.address.utf8), ", since \(Self.time(session.created))")
      append(", last seen about \(Self.time(session.lastSeen))")
      openForm("sessions")
      append(#"<input type="hidden" name="session" value="\#(session.shortID)">"#)
      close("Log out")
      append("</li>")
    }
    append(#"</ul><p><a href=""#, escaped: root, #"">To the device</a></p>"#)
  }

  private static func time(_ seconds: UInt64) -> String {
    let date = HTTPDate(secondsSince1970: Int64(clamping: seconds))
    return String(decoding: (0..<date.bytes.count).map { date.bytes[$0] }, as: UTF8.self)
  }
}
