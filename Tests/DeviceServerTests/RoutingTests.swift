// SPDX-License-Identifier: MIT

// Which handler answers: exact paths, parameters, prefixes, methods (RFC 9110 sections 9.3.2, 15.5.6), and
// paths that are none (RFC 3986 sections 2.1 and 3.3).

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing

/// The answer to a path that is none.
private let malformed = "{\"error\":\"Malformed path. Write % as %25, and leave out segments that are . or ..\"}"

@Suite struct RoutingTests {
  private func network() -> Network {
    makeNetwork { router in
      router.get("/state") { journal, _, response in
        journal.handled += 1
        response.sendJSON { $0.append("{\"on\":true}") }
      }
      router.on(.put, "/state") { _, request, response in
        response.send(shared: [UInt8](request.body), type: MediaType.text)
      }
      router.on(.post, "/state/toggle") { journal, _, response in
        journal.handled += 1
        response.redirect(to: "/")
      }
      router.get("/pins/:pin/level") { _, request, response in
        response.body = [UInt8](request.parameter("pin")!)
      }
      router.get("/pins/all/level") { _, _, response in response.send("never reached") }
      router.on(.post, "/pins/:pin/:verb") { _, _, response in response.send("posted") }
      router.get("/files/*") { _, request, response in response.body = [UInt8](request.parameter("*")!) }
      router.get("/path/:a/:b") { _, request, response in
        response.body = [UInt8](request.path) + [UInt8(ascii: "|")] + [UInt8](request.parameter("b")!)
        if request.parameter("c") != nil { response.status = .internalServerError }
      }
      router.get("/scheme") { _, request, response in
        response.send(request.scheme == .https ? "over TLS" : "in the open")
      }
      router.get("/nothing") { _, _, response in response.status = .noContent }
      router.get("/sorry") { _, _, response in
        response.send("half an answer")
        response.fail(.conflict, "Not now")
      }
      router.get("/sorry/:words") { _, request, response in
        response.fail(.conflict, request.parameter("words")!)
      }
      router.get("/say") { _, _, response in response.fail(.badRequest, #"Say "on" or C:\off"#) }
      router.get("/impossible") { _, _, response in response.status = .switchingProtocols }
      router.on(.post, "/page.txt") { _, _, response in response.send("posted") }
      router.assets = AssetTable([
        StaticAsset(path: bytes("/page.txt"), bytes: bytes("page")),
        StaticAsset(path: bytes("/folder/index.html"), bytes: bytes("<p>")),
      ])
    }
  }

  @Test(arguments: [
    ("GET", "/state", 200, "{\"on\":true}"),
    ("GET", "/state?x=1", 200, "{\"on\":true}"),
    ("GET", "/%73tate", 200, "{\"on\":true}"),
    ("GET", "http://192.168.1.32/state", 200, "{\"on\":true}"),
    ("GET", "/pins/7/level", 200, "7"),
    ("GET", "/pins/a%20b/level", 200, "a b"),
    ("GET", "/pins/a%2fb/level", 200, "a%2Fb"),
    ("GET", "/pins/all/level", 200, "all"),
    ("POST", "/pins/7/toggle", 200, "posted"),
    ("POST", "/pins/7/level", 405, "{\"error\":\"/pins/7/level does not take POST, but GET, HEAD, OPTIONS\"}"),
    ("GET", "/files/", 200, ""),
    ("GET", "/files/a/b.txt", 200, "a/b.txt"),
    ("GET", "/path/x/y", 200, "/path/x/y|y"),
    ("GET", "/page.txt", 200, "page"),
    ("POST", "/page.txt", 200, "posted"),
    ("GET", "/folder/", 200, "<p>"),
    ("GET", "/sorry", 409, "{\"error\":\"Not now\"}"),
    ("GET", "/sorry/%22a%5C%3Cb%FF", 409, #"{"error":"\"a\\\u003Cb\#u{FFFD}"}"#),
    ("GET", "/say", 400, #"{"error":"Say \"on\" or C:\\off"}"#),
    ("POST", "/state/toggle", 303, ""),
    ("GET", "/State", 404, "{\"error\":\"There is nothing at /State: check its spelling\"}"),
    ("GET", "/state/", 404, "{\"error\":\"There is nothing at /state/: check its spelling\"}"),
    ("GET", "/stat", 404, "{\"error\":\"There is nothing at /stat: check its spelling\"}"),
    ("GET", "/pins//level", 404, "{\"error\":\"There is nothing at /pins//level: check its spelling\"}"),
    ("GET", "/pins/7/level/x", 404, "{\"error\":\"There is nothing at /pins/7/level/x: check its spelling\"}"),
    ("GET", "/pins/7", 404, "{\"error\":\"There is nothing at /pins/7: check its spelling\"}"),
    ("GET", "/files", 404, "{\"error\":\"There is nothing at /files: check its spelling\"}"),
    ("GET", "/folder", 301, ""),
    ("POST", "/elsewhere", 404, "{\"error\":\"There is nothing at /elsewhere: check its spelling\"}"),
    ("OPTIONS", "/none", 404, "{\"error\":\"There is nothing at /none: check its spelling\"}"),
    ("GET", "/a/../state", 400, malformed),
    ("GET", "/a/%2e%2E/state", 400, malformed),
    ("GET", "/./state", 400, malformed),
    ("GET", "/state/..", 400, malformed),
    ("GET", "/state%00", 400, malformed),
    ("GET", "/state%0d%0a", 400, malformed),
    ("GET", "/state%7F", 400, malformed),
    ("GET", "/state%", 400, malformed),
    ("GET", "/state%4", 400, malformed),
    ("GET", "/state%zz", 400, malformed),
  ])
  func aPathHasItsAnswer(method: String, target: String, status: Int, body: String) {
    let client = Client(network())
    let reply = client.ask(method, target)
    #expect(reply?.status == status)
    #expect(reply?.text == body)
    #expect(client.isConnected)  // none of these ends a persistent connection
    #expect(client.ask("GET", "/state")?.status == 200)
  }

  @Test(arguments: ["/state", "/page.txt", "/folder/", "/elsewhere", "/nothing"])
  func headIsGetWithoutTheBody(target: String) {
    let client = Client(network())
    let get = client.ask("GET", target)
    let head = client.ask("HEAD", target)
    #expect(head?.status == get?.status)
    #expect(head?.body == [])
    #expect(head?.fields.map(\.name) == get?.fields.map(\.name))
    #expect(head?.fields.map(\.value) == get?.fields.map(\.value))
    #expect(client.received.isEmpty)
  }

  @Test(arguments: [
    ("DELETE", "/state", "GET, HEAD, PUT, OPTIONS"),
    ("GET", "/state/toggle", "POST, OPTIONS"),
    ("HEAD", "/state/toggle", "POST, OPTIONS"),
    ("PUT", "/page.txt", "GET, HEAD, POST, OPTIONS"),
    ("PUT", "/folder/index.html", "GET, HEAD, OPTIONS"),
    ("PATCH", "/folder/index.html", "GET, HEAD, OPTIONS"),
    ("TRACE", "/state", "GET, HEAD, PUT, OPTIONS"),
  ])
  func anotherMethodIs405WithAllow(method: String, target: String, allowed: String) {
    // Whatever the origin and the form: this could not be done for anybody.
    for fields in [[], ["Origin: http://evil.example"], ["Content-Type: application/x-www-form-urlencoded"]] {
      let network = network()
      let reply = Client(network).ask(method, target, fields, body: method == "HEAD" ? nil : "")
      #expect(reply?.status == 405)
      #expect(reply?["allow"] == allowed)
      #expect(network.journal.refusals == ["192.168.1.100: 405 no such method here"])
      #expect(network.journal.handled == 0)
    }
  }

  @Test(arguments: [
    ("/state", "GET, HEAD, PUT, OPTIONS"),
    ("/state/toggle", "POST, OPTIONS"),
    ("/page.txt", "GET, HEAD, POST, OPTIONS"),
    ("/folder/index.html", "GET, HEAD, OPTIONS"),
    ("/ws", "GET, OPTIONS"),
    ("*", "GET, HEAD, POST, PUT, OPTIONS"),
  ])
  func optionsTellsWhatIsAllowed(target: String, allowed: String) {
    for body in [nil, "", "ignored"] {
      let network = network()
      let client = Client(network)
      let reply = client.ask("OPTIONS", target, ["Origin: http://evil.example"], body: body)
      #expect(reply?.status == 204)
      #expect(reply?["allow"] == allowed)
      #expect(reply?.fields.contains { $0.name.hasPrefix("access-control") } == false)  // no other site is let in
      #expect(network.journal.refusals.isEmpty && network.journal.handled == 0)
      #expect(client.ask("GET", "/state")?.status == 200)
    }
    #expect(Client(network()).ask("OPTIONS", target, ["Host: evil.example"])?.status == 403)
  }

  @Test func aHandlerForOptionsHasThem() {
    let network = makeNetwork { router in
      router.on(.options, "/own") { _, _, response in response.send("mine") }
    }
    #expect(Client(network).ask("OPTIONS", "/own")?.text == "mine")
  }

  @Test(arguments: ["/state", "/page.txt", "/elsewhere"])
  func aMethodThatNobodyKnowsIs501(target: String) {
    let network = network()
    let client = Client(network)
    #expect(client.ask("FROB", target, body: "")?.status == 501)
    #expect(client.ask("get", target)?.status == 501)  // methods are case-sensitive
    #expect(client.ask("GET", "/state")?.status == 200)
    #expect(network.journal.refusals == Array(repeating: "192.168.1.100: 501 unknown method", count: 2))
  }

  @Test func aHandlerGetsTheWholeBodyHoweverItComes() {
    for delivery in Delivery.allCases {
      let client = Client(network())
      for piece in delivery.pieces(of: Wire.request("PUT", "/state", body: "two words")) { client.send(piece) }
      #expect(client.reply()?.text == "two words")
      client.send("PUT /state HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
      client.send("3\r\ntwo\r\n6\r\n words\r\n0\r\n\r\n")
      #expect(client.reply()?.text == "two words")
    }
  }

  @Test func anErrorReplacesWhatAHandlerHadSaid() {
    let reply = Client(network()).ask("GET", "/sorry")
    #expect(reply?.fields.filter { $0.name == "content-type" }.map(\.value) == ["application/json"])
  }

  @Test func aHandlerThatAsksForTheImpossibleLosesItsConnectionOnly() {
    let network = network()
    let other = Client(network)
    let client = Client(network)
    client.send(Wire.request("GET", "/impossible"))
    #expect(client.wasAborted)
    #expect(other.ask("GET", "/state")?.status == 200)
    #expect(network.server.connectionCount == 1)
  }

  @Test func aHandlerIsToldOverWhatTheRequestCameEvenWhenAnotherHadTheRowBefore() {
    let network = network()
    for scheme in [Scheme.https, .http, .https] {
      let client = Client(network, over: scheme)
      client.send(Wire.request("GET", "/scheme", ["Connection: close"]))
      #expect(client.reply()?.text == (scheme == .https ? "over TLS" : "in the open"))
      #expect(!client.isConnected)
    }
  }

  @Test func requestsInOneSegmentAreAnsweredInOrder() {
    let client = Client(network())
    client.send(
      Wire.request("GET", "/pins/1/level") + Wire.request("HEAD", "/state") + Wire.request("PUT", "/state", body: "2")
        + Wire.request("GET", "/none") + Wire.request("GET", "/pins/3/level"))
    #expect(client.reply()?.text == "1")
    #expect(client.reply(toHead: true)?.status == 200)
    #expect(client.reply()?.text == "2")
    #expect(client.reply()?.status == 404)
    #expect(client.reply()?.text == "3")
    #expect(client.received.isEmpty)
  }

  @Test func closeIsTheClientsRightInBothVersions() {
    let network = network()
    let client = Client(network)
    #expect(client.ask("GET", "/state", ["Connection: close"])?["connection"] == "close")
    #expect(client.hasReachedEnd)
    #expect(!client.isConnected)
    let old = Client(network)
    old.send("GET /state HTTP/1.0\r\n\r\n")
    #expect(old.reply()?.text == "{\"on\":true}")
    #expect(!old.isConnected)
    let half = Client(network)  // a client that ends its direction at once still gets its answer
    network.setFinishesAtEnd(false, on: half.number)
    half.send(Wire.request("GET", "/state"))
    half.finish()
    #expect(half.reply()?.status == 200)
    #expect(!half.isConnected)
  }

  @Test func whoSendsManyRequestsAndReadsNothingIsHeldAndLosesNothing() {
    var limits = ServerLimits()
    for (capacity, outputSize) in [(50, 0), (50, 700), (1000, 0), (1000, 700), (10_000, 700), (10_000, 16_384)] {
      limits.http.outputSize = outputSize
      let network = makeNetwork(limits: limits) { router in
        router.get("/n/:n") { _, request, response in response.body = [UInt8](request.parameter("n")!) }
      }
      let client = Client(network, capacity: capacity)
      client.stopReading()
      client.send((0..<1000).flatMap { Wire.request("GET", "/n/\($0)") })
      #expect(network.heldInput(on: client.number) > 20_000)
      client.startReading()
      for n in 0..<1000 { #expect(client.reply()?.text == "\(n)") }
    }
  }
}
