// SPDX-License-Identifier: MIT

// Who may ask: `Host` against DNS rebinding, `Origin` against other sites' pages (RFC 6454 section 7, RFC
// 6455 section 10.2), and forms that do not say where they come from.

import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing

@Suite struct RequestGuardTests {
  private func network(
    names: [String] = [], origin: OriginPolicy = .sameOrigin, socketOrigin: OriginPolicy = .sameOrigin
  ) -> Network {
    makeNetwork(hostNames: HostNames(names.map { bytes($0) })) { router in
      router.origin = origin
      router.webSocket("/other", origin: socketOrigin, obey)
      router.get("/") { _, _, response in response.send("hello") }
      for method in [HTTPMethod.post, .put, .delete] {
        router.on(method, "/") { journal, _, response in
          journal.handled += 1
          response.send("done")
        }
      }
    }
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.0.0.1:8080", true), ("192.168.1.32:", true), ("[::1]", true),
    ("[fe80::1]:8080", true), ("localhost", true), ("LOCALHOST:1", true), ("heliograph.local", true),
    ("Heliograph.Local:8080", true), ("lamp", true), ("localhost.", true), ("Lamp.:8080", true),
    ("heliograph.local.", true), ("heliograph.local..", false), ("evil.example.", false), (".", false), ("..:1", false),
    ("evil.example", false), ("evil.example:80", false), ("heliograph.local.evil.example", false),
    ("xlocalhost", false), ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
    ("256.0.0.1", false), ("1.2.3", false), ("1.2.3.4.5", false), ("1.2.3.", false), ("1..2.3", false),
    ("0x7f.0.0.1", false), ("0001.2.3.4", false), ("2130706433", false), ("lamp:80:80", nil), ("a b", nil), ("", nil),
  ] as [(String, Bool?)])
  func onlyAKnownHostIsAnswered(host: String, isKnown: Bool?) {
    let network = network(names: ["heliograph.local", "lamp"])
    let reply = Client(network).ask("GET", "/", ["Host: \(host)"])
    switch isKnown {
    case true?: #expect(reply?.status == 200)
    case false?:
      #expect(reply?.status == 403)
      #expect(network.journal.refusals.first?.hasPrefix("192.168.1.100: 403 unknown Host ") == true)
    case nil: #expect(reply?.status == 400)  // not even a host
    }
    guard let isKnown else { return }
    let upgrade = Client(network)
    upgrade.send(Wire.upgrade("/ws", ["Host: \(host)"]))
    #expect(upgrade.reply()?.status == (isKnown ? 101 : 403))
  }

  @Test func theTargetsHostCountsMoreThanTheField() {
    let client = Client(network())
    #expect(client.ask("GET", "http://evil.example/", ["Host: localhost"])?.status == 421)
    #expect(client.ask("GET", "http://evil.example:80?a", ["Host: evil.example"])?.status == 421)
    #expect(client.ask("GET", "http://localhost/", ["Host: evil.example"])?.status == 200)
  }

  /// RFC 9112 section 3.2.2, RFC 9110 section 7.4: over TLS an https URI of our own is a target like any other.
  @Test func overTLSAnHTTPSTargetOfOursIsServed() {
    let network = network()
    let client = Client(network, over: .https)
    for target in ["https://localhost:8443/", "HTTPS://localhost?a", "https://192.168.1.32/", "/", "http://localhost/"] {
      #expect(client.ask("GET", target)?.status == 200, "\(target)")
    }
    #expect(client.ask("GET", "https://evil.example/", ["Host: localhost"])?.status == 421)
    #expect(client.ask("GET", "ftp://localhost/")?.status == 400)
    #expect(Client(network).ask("GET", "https://localhost/")?.status == 421)
    let socket = Client(network, over: .https)
    socket.send(Wire.upgrade("https://localhost:8443/ws"))
    socket.expectUpgraded()
  }

  @Test(arguments: [
    ("http://localhost", "localhost", true), ("http://localhost:80", "localhost", true),
    ("http://localhost", "localhost:80", true), ("https://localhost", "localhost:443", true),
    ("https://localhost:443", "localhost", true), ("http://LOCALHOST:8080", "localhost:8080", true),
    ("HTTP://localhost", "localhost", true), ("http://[::1]:8080", "[::1]:8080", true),
    ("ws://localhost:8080", "localhost:8080", true), ("wss://localhost", "localhost", true),  // ws4py, for one
    ("http://localhost/", "localhost", true), ("WS://LOCALHOST:80/", "localhost", true),  // Go's x/net, for one
    ("http://localhost//", "localhost", false), ("http://localhost/a", "localhost", false),
    ("ws://localhost:443", "localhost", false), ("wsx://localhost", "localhost", false), ("/", "localhost", false),
    ("http:///", "localhost", false), ("http://[::1]", "[::1]:80", true), ("http://[fe80::80]", "[fe80::80]", true),
    ("http://localhost:8080", "localhost", false), ("http://localhost", "localhost:8080", false),
    ("http://localhost:443", "localhost", false), ("https://localhost:80", "localhost", false),
    ("https://localhost", "localhost:80", false), ("http://127.0.0.1", "localhost", false),
    ("http://[::1]", "[::2]", false), ("http://evil.example", "localhost", false), ("null", "localhost", false),
    ("", "localhost", false), ("localhost", "localhost", false), ("ftp://localhost", "localhost", false),
    ("http://", "localhost", false), ("http://:80", "localhost", false),
    ("http://localhost http://localhost", "localhost", false), ("http://localhost.evil.example", "localhost", false),
    ("http://evil.example@localhost", "localhost", false),
  ])
  func onlyTheSameOriginMayChangeOrConnect(origin: String, host: String, isAllowed: Bool) {
    let network = network()
    let fields = ["Host: \(host)", "Origin: \(origin)"]
    #expect(Client(network).ask("POST", "/", fields, body: "")?.status == (isAllowed ? 200 : 403))
    #expect(Client(network).ask("PUT", "/", fields, body: "")?.status == (isAllowed ? 200 : 403))
    #expect(Client(network).ask("DELETE", "/", fields)?.status == (isAllowed ? 200 : 403))
    #expect(Client(network).ask("GET", "/", fields)?.status == 200)  // looking is free
    #expect(network.journal.handled == (isAllowed ? 3 : 0))
    let upgrade = Client(network)
    upgrade.send(Wire.upgrade("/ws", fields))
    #expect(upgrade.reply()?.status == (isAllowed ? 101 : 403))
    #expect(network.clientCount == (isAllowed ? 1 : 0))
    let refusal = "192.168.1.100: 403 foreign Origin \(origin), not http://\(host)"
    #expect(network.journal.refusals == (isAllowed ? [] : [refusal, refusal, refusal, refusal]))
    #expect(network.counters.requestsRefused == (isAllowed ? 0 : 4))
  }

  @Test func twoOriginsAreNone() {
    let fields = ["Host: localhost", "Origin: http://localhost", "Origin: http://localhost"]
    #expect(Client(network()).ask("POST", "/", fields, body: "")?.status == 403)
  }

  @Test func withoutAnOriginEverythingButAFormIsAllowed() {
    let network = network()
    let client = Client(network)
    #expect(client.ask("POST", "/", body: "")?.status == 200)
    #expect(client.ask("POST", "/", ["Content-Type: application/json"], body: "{}")?.status == 200)
    #expect(client.ask("PUT", "/", ["Content-Type: text/plain"], body: "x")?.status == 200)  // no form can PUT
    _ = Client.webSocket(network)
  }

  @Test(arguments: [
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "Text/Plain;charset=utf-8", "text/plain",
  ])
  func aFormMustSayItsOrigin(type: String) {
    let network = network()
    let client = Client(network)
    #expect(client.ask("POST", "/", ["Content-Type: \(type)"], body: "a=b")?.status == 403)
    #expect(network.journal.handled == 0)
    #expect(network.journal.refusals == ["192.168.1.100: 403 form without Origin"])
    let fields = ["Content-Type: \(type)", "Origin: http://192.168.1.32"]
    #expect(client.ask("POST", "/", fields, body: "a=b")?.status == 200)
  }

  @Test func otherOriginsCanBeInvited() {
    let foreign = ["Origin: https://friend.example"]
    let friends = OriginPolicy.alsoFrom(["https://friend.example"])
    let some = network(origin: friends, socketOrigin: friends)
    #expect(Client(some).ask("POST", "/", foreign, body: "")?.status == 200)
    #expect(Client(some).ask("POST", "/", ["Origin: https://foe.example"], body: "")?.status == 403)
    #expect(Client(some).ask("POST", "/", ["Origin: http://192.168.1.32"], body: "")?.status == 200)
    let invited = Client(some)
    invited.send(Wire.upgrade("/other", foreign))
    invited.expectUpgraded()
    let elsewhere = Client(some)  // the policy belongs to the endpoint
    elsewhere.send(Wire.upgrade("/ws", foreign))
    #expect(elsewhere.reply()?.status == 403)
    let any = network(origin: .any, socketOrigin: .any)
    #expect(Client(any).ask("POST", "/", ["Origin: null"], body: "")?.status == 200)
    let anyone = Client(any)
    anyone.send(Wire.upgrade("/other", ["Origin: null"]))
    anyone.expectUpgraded()
  }
}
