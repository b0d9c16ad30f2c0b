// SPDX-License-Identifier: MIT

// Who may do what: the function that judges requests and handshakes, requests that wait for its word, and the end of a
// session. The judge of these tests knows three words in `Authorization`.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase
import WebSocketCore

@Suite struct AccessTests {
  /// A server where `anna` is an administrator and `ben` may look; `slow` is `anna` once the journal holds the answer.
  private func makeGuardedNetwork(limits: ServerLimits = ServerLimits()) -> Network {
    makeNetwork(limits: limits) { router in
      router.assets = AssetTable([StaticAsset(path: bytes("/page.txt"), bytes: bytes("page"))])
      router.on(.get, "/look") { _, request, response in
        response.body = [UInt8](request.principal.name)
      }
      router.on(.put, "/do") { journal, request, response in
        journal.handled += 1
        response.body = [UInt8](request.body)
      }
      router.on(.get, "/settings", needs: .admin) { _, _, response in response.send("settings") }
      router.on(.get, "/login", needs: Role.none) { _, _, response in response.send("form") }
      router.on(.post, "/hash", needs: Role.none) { journal, request, response in
        guard journal.events.contains("hashed") else {
          journal.waiting.append(request.connection)
          response.isToWait = true
          return
        }
        response.body = [UInt8](request.body)
      }
      router.events("/events", of: router.webSocket("/feed") { _, _, _ in })
      router.onAccess { journal, request, needed, response in
        guard needed > .none else { return .granted(Principal(role: .none)) }
        let principal: Principal
        var word = ""
        if let field = request.head.field("Authorization") { word = text([UInt8](field)) }
        switch word {
        case "anna": principal = Principal(role: .admin, name: bytes("anna"), session: 1)
        case "ben": principal = Principal(role: .view, name: bytes("ben"), session: 2)
        case "slow":
          guard journal.events.contains("hashed") else {
            journal.waiting.append(request.connection)
            return .wait
          }
          principal = Principal(role: .admin, name: bytes("anna"), session: 3)
        default:
          response.fail(.unauthorized, "log in")
          response.head.add("WWW-Authenticate", "Bearer")
          return .answered
        }
        guard principal.role >= needed else {
          response.fail(.forbidden, "not for you")
          return .answered
        }
        return .granted(principal)
      }
    }
  }

  @Test(arguments: [
    ("GET", "/look", nil, 401), ("GET", "/look", "ben", 200), ("GET", "/look", "anna", 200),
    ("HEAD", "/look", nil, 401), ("PUT", "/do", nil, 401), ("PUT", "/do", "ben", 403), ("PUT", "/do", "anna", 200),
    ("GET", "/settings", "ben", 403), ("GET", "/settings", "anna", 200), ("GET", "/login", nil, 200),
    ("GET", "/page.txt", nil, 401), ("GET", "/page.txt", "ben", 200), ("GET", "/events", nil, 401),
    ("GET", "/nothing", nil, 404),
  ] as [(String, String, String?, Int)])
  func aRouteIsForThoseWhoHaveItsRole(method: String, path: String, name: String?, status: Int) {
    let network = makeGuardedNetwork()
    let client = Client(network)
    let fields = name.map { ["Authorization: \($0)"] } ?? []
    let reply = client.ask(method, path, fields, body: method == "PUT" ? "1" : nil)
    #expect(reply?.status == status)
    #expect((reply?["www-authenticate"] != nil) == (status == 401))
    #expect(network.journal.handled == (method == "PUT" && status == 200 ? 1 : 0))
    if status == 200, path == "/look", method == "GET" { #expect(reply?.text == name) }
  }

  @Test func aHandshakeIsJudgedBeforeThe101() {
    let network = makeGuardedNetwork()
    let stranger = Client(network)
    stranger.send(Wire.upgrade())
    #expect(stranger.reply()?.status == 401)
    let ben = Client(network)
    ben.send(Wire.upgrade("/ws", ["Authorization: ben"]))
    ben.expectUpgraded()
    let client = network.journal.clients[0]
    #expect(network.withHub { hub in hub.principal(of: client)?.session } == 2)
  }

  @Test func aRequestWaitsForItsJudgementAndThoseBehindItWaitToo() {
    let network = makeGuardedNetwork()
    let client = Client(network)
    client.send("PUT /do HTTP/1.1\r\nHost: localhost\r\nAuthorization: slow\r\nContent-Length: 2\r\n\r\nok")
    client.send("GET /look HTTP/1.1\r\nHost: localhost\r\nAuthorization: ben\r\n\r\n")
    #expect(client.reply() == nil)
    network.application.context.events.append("hashed")
    network.retry(network.journal.waiting[0])
    #expect(client.reply()?.text == "ok")
    #expect(client.reply()?.text == "ben")
    #expect(network.journal.handled == 1)
  }

  @Test func aHandlerMayLetItsRequestWait() {
    let network = makeGuardedNetwork()
    let client = Client(network)
    client.send("POST /hash HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nsecret")
    #expect(client.reply() == nil)
    network.application.context.events.append("hashed")
    network.retry(network.journal.waiting[0])
    #expect(client.reply()?.text == "secret")
  }

  @Test func aHandshakeThatWaitedBecomesAClient() {
    let network = makeGuardedNetwork()
    let client = Client(network)
    client.send(Wire.upgrade("/ws", ["Authorization: slow"]))
    #expect(network.clientCount == 0)
    network.application.context.events.append("hashed")
    network.retry(network.journal.waiting[0])
    client.expectUpgraded()
    #expect(network.clientCount == 1)
  }

  @Test func aRequestThatWaitsTooLongIsAnswered503() {
    let network = makeGuardedNetwork()
    let client = Client(network)
    client.send("GET /look HTTP/1.1\r\nHost: localhost\r\nAuthorization: slow\r\n\r\n")
    network.advance(by: ServerTimeouts().answer)
    network.advance(by: 100)
    #expect(client.reply()?.status == 503)
    network.application.context.events.append("hashed")
    network.retry(network.journal.waiting[0])  // too late: nothing waits any more
    #expect(client.reply() == nil)
    #expect(client.ask("GET", "/look", ["Authorization: ben"])?.status == 200)
  }

  @Test func aClientThatHasEndedItsDirectionStillGetsTheAnswer() {
    let network = makeGuardedNetwork()
    let client = Client(network)
    client.send("GET /look HTTP/1.1\r\nHost: localhost\r\nAuthorization: slow\r\n\r\n")
    network.finish(client.number)
    network.application.context.events.append("hashed")
    network.retry(network.journal.waiting[0])
    #expect(client.reply()?.text == "anna")
    #expect(network.hasReachedEnd(client.number))
  }

  @Test func retryingAConnectionThatIsGoneDoesNothing() {
    let network = makeGuardedNetwork()
    let client = Client(network)
    client.send("GET /look HTTP/1.1\r\nHost: localhost\r\nAuthorization: slow\r\n\r\n")
    network.breakOff(client.number)
    let other = Client(network)  // in the same row of the table
    network.application.context.events.append("hashed")
    network.retry(network.journal.waiting[0])
    #expect(other.reply() == nil)
    #expect(other.ask("GET", "/look", ["Authorization: ben"])?.text == "ben")
  }

  @Test func revokingASessionEndsItsSocketsAndStreamsAndNoOthers() {
    let network = makeGuardedNetwork()
    let anna = Client(network)
    anna.send(Wire.upgrade("/ws", ["Authorization: anna"]))
    anna.expectUpgraded()
    let ben = Client(network)
    ben.send(Wire.upgrade("/ws", ["Authorization: ben"]))
    ben.expectUpgraded()
    let stream = Client(network)
    stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: ben\r\n\r\n")
    network.change { application, now in application.server.revoke(now: now) { $0.session == 2 } }
    #expect(ben.frame() == .close(1008, "logged out"))
    #expect(anna.frame() == nil)
    #expect(network.hasReachedEnd(stream.number))
    #expect(!network.hasReachedEnd(anna.number))
  }
}

extension Network {
  fileprivate func retry(_ connection: ConnectionID) {
    change { application, now in application.server.retry(connection, now: now, &application.context) }
  }
}
