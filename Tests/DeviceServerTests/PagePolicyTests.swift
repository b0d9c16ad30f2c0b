// SPDX-License-Identifier: MIT

// What a browser may do with each kind of answer: Content Security Policy level 3, and
// `Cross-Origin-Resource-Policy` (Fetch, section 3.7).

import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing

@Suite struct PagePolicyTests {
  private func network() -> Network {
    makeNetwork { router in
      router.assets = AssetTable([
        StaticAsset(path: bytes("/index.html"), bytes: bytes("<p>")),
        StaticAsset(path: bytes("/a.svg"), bytes: bytes("<svg/>"), entityTag: bytes("a")),
        StaticAsset(path: bytes("/a.xml"), bytes: bytes("<a/>")),
        StaticAsset(path: bytes("/a.pdf"), bytes: bytes("%PDF")),
      ])
      router.get("/json") { _, _, response in response.sendJSON { $0 += bytes("1") } }
      router.get("/form") { _, _, response in response.send("<form>", type: MediaType.html) }
      router.get("/own") { _, _, response in
        response.head.add("Content-Security-Policy", "sandbox")
        response.send("<p>", type: MediaType.html)
      }
      router.get("/nothing") { _, _, response in response.status = .noContent }
      router.get("/on") { _, _, response in response.redirect(to: "/") }
    }
  }

  private func policy(_ reply: Reply?) -> [String] {
    (reply?.fields.filter { $0.name == "content-security-policy" }.map(\.value) ?? [])
      .flatMap { $0.split(separator: ";").map { $0.trimmingPrefix(" ") }.map(String.init) }
  }

  @Test(arguments: ["/index.html", "/form"])
  func aPageHasScriptsAndStylesInFilesOnly(path: String) {
    let reply = Client(network()).ask("GET", path, ["Host: localhost:8080"])
    #expect(
      policy(reply) == [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "manifest-src 'self'",
        "connect-src 'self' ws://localhost:8080 wss://localhost:8080", "font-src 'self'", "media-src 'self'",
        "base-uri 'none'", "form-action 'self'",
        "frame-ancestors 'none'",
      ])
    #expect(reply?["referrer-policy"] == "same-origin")
  }

  @Test(arguments: ["/a.svg", "/a.xml", "/a.pdf", "/json", "/none", "/on"])
  func whateverElseABrowserMayShowRunsNoScript(path: String) {
    let reply = Client(network()).ask("GET", path)
    #expect(policy(reply).contains("default-src 'none'"))
    #expect(policy(reply).contains("frame-ancestors 'none'"))
    #expect(!policy(reply).contains { $0.hasPrefix("script-src") })
  }

  @Test func aRefusalsPageHasItsStyleAndNothingElse() {
    let reply = Client(network()).ask("GET", "/", ["Host: evil.example", "Accept: text/html"])
    let directives = policy(reply)
    #expect(directives.count == 5)
    #expect(directives.first == "default-src 'none'")
    #expect(directives[1].hasPrefix("style-src 'sha256-"))
    #expect(directives.last == "frame-ancestors 'none'")
    #expect(!directives.joined().contains("evil.example"))
  }

  @Test(arguments: [
    "/index.html", "/a.svg", "/json", "/form", "/own", "/nothing", "/on", "/none", "/%", "/ws", "*",
  ])
  func everyAnswerIsForThisSiteOnly(path: String) {
    for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
      let reply = Client(network()).ask(method, path, ["Accept: text/html"])
      #expect(reply?["cross-origin-resource-policy"] == "same-origin")
      #expect(reply?["x-content-type-options"] == "nosniff")
      let hasBody = reply.map { $0.status != 204 && $0.status != 304 } ?? false
      #expect(policy(reply).isEmpty != hasBody, "\(method) \(path)")
    }
  }

  @Test func a304SaysNothingOfThePolicyThatGoesOn() {
    let client = Client(network())
    let tag = client.ask("GET", "/a.svg")?["etag"]
    let again = client.ask("GET", "/a.svg", ["If-None-Match: \(tag ?? "")"])
    #expect(again?.status == 304)
    #expect(policy(again).isEmpty)
    #expect(again?["cross-origin-resource-policy"] == "same-origin")
  }

  @Test func aHandlersOwnPolicyStays() {
    #expect(policy(Client(network()).ask("GET", "/own")) == ["sandbox"])
  }

  @Test func aFullServerAndAStreamHaveOne() {
    var limits = ServerLimits()
    limits.connections = 0
    let full = makeNetwork(limits: limits)
    let refused = Client(full).ask("GET", "/")
    #expect(refused?.status == 503)
    #expect(policy(refused).contains("default-src 'none'"))
    let network = makeNetwork { router in
      let endpoint = router.webSocket("/other", obey)
      router.events("/events", of: endpoint)
    }
    let client = Client(network)
    client.send(Wire.request("GET", "/events"))
    #expect(text(client.received).contains("Content-Security-Policy: default-src 'none'"))
  }

  @Test(arguments: [("[::1]:8080", false), ("[fe80::1]", false), ("127.0.0.1:1", true), ("localhost.", true)])
  func onlyWhatThePolicysGrammarHasIsNamed(host: String, isNamed: Bool) {
    let directives = policy(Client(network()).ask("GET", "/index.html", ["Host: \(host)"]))
    let expected = isNamed ? "connect-src 'self' ws://\(host) wss://\(host)" : "connect-src 'self'"
    #expect(directives.contains(expected))
  }

  @Test func aRelaxedPageRunsWhatIsInItAndNothingForeign() {
    let network = network()
    network.application.server.pagePolicy = PagePolicy(inline: .allowed)
    let directives = policy(Client(network).ask("GET", "/index.html", ["Host: localhost:8080"]))
    #expect(
      directives == [
        "default-src 'none'", "script-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:", "font-src 'self' data:", "media-src 'self' data: blob:", "worker-src 'self' blob:",
        "frame-src 'self'", "manifest-src 'self'", "connect-src 'self' ws://localhost:8080 wss://localhost:8080",
        "base-uri 'self'", "form-action 'self'", "frame-ancestors 'self'",
      ])
    #expect(!policy(Client(network).ask("GET", "/a.svg")).contains { $0.hasPrefix("script-src") })
    network.application.server.pagePolicy = PagePolicy(frameAncestors: [bytes("https://a.example")], inline: .allowed)
    #expect(policy(Client(network).ask("GET", "/index.html")).last == "frame-ancestors 'self' https://a.example")
  }

  @Test func framesAreForThoseWhoAreInvited() {
    let network = network()
    let origins = ["https://home.example.org:8443", "http://192.168.1.9:8123"]
    network.application.server.pagePolicy = PagePolicy(frameAncestors: origins.map { bytes($0) })
    for path in ["/index.html", "/a.svg", "/json", "/none"] {
      for accept in ["*/*", "text/html"] {
        let reply = Client(network).ask("GET", path, ["Accept: \(accept)"])
        #expect(policy(reply).last == "frame-ancestors https://home.example.org:8443 http://192.168.1.9:8123")
      }
    }
  }
}
