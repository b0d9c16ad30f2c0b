// SPDX-License-Identifier: MIT

// What whoever is refused is told: a page where `Accept` prefers one (RFC 9110 section 12.5.1), else JSON with the same
// words; and that no word of a peer becomes markup, a line of the log or a command to copy.

import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import WebSocketCore

@Suite struct RefusalTests {
  /// What browsers send when somebody opens an address.
  private static let chromium =
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"

  private func network(advice: Bool = true) -> Network {
    let network = makeNetwork(hostNames: HostNames([bytes("lamp.local")])) { router in
      router.on(.put, "/state") { _, _, response in response.send("done") }
      router.on(.post, "/toggle") { _, _, response in response.send("done") }
      router.get("/busy") { _, _, response in
        response.fail(.serviceUnavailable, "the <lamp> does not answer")
        response.head.add("Retry-After", decimal: 5)
      }
    }
    guard advice else { return network }
    network.application.server.advice.hostName = "Start it with --host-name"
    network.application.server.advice.origin = "If both are yours, start it with --origin"
    return network
  }

  @Test(arguments: [
    (
      "GET", "/", ["Host: kitchen.example"], 403,
      "This device does not know the name kitchen.example. Start it with --host-name kitchen.example"
    ),
    (
      "GET", "/", ["Host: Kitchen.Example.:8080"], 403,
      "This device does not know the name Kitchen.Example. Start it with --host-name Kitchen.Example"
    ),
    // No command to copy that is more than a name.
    ("GET", "/", ["Host: a;reboot"], 403, "This device does not know the name a;reboot"),
    ("GET", "/", ["Host: $(reboot)"], 403, "This device does not know the name $(reboot)"),
    ("GET", "/", ["Host: --help"], 403, "This device does not know the name --help"),
    (
      "GET", "http://other.example/", ["Host: lamp.local"], 421,
      "This device is not other.example, and no proxy: ask for the path alone"
    ),
    (
      "PUT", "/state", ["Host: lamp.local:8080", "Origin: https://home.example"], 403,
      "This was asked by a page of https://home.example, and the device is http://lamp.local:8080. "
        + "If both are yours, start it with --origin https://home.example"
    ),
    (
      "PUT", "/state", ["Host: lamp.local", "Origin: null"], 403,
      "This was asked by a page of null, and the device is http://lamp.local"
    ),
    (
      "PUT", "/state", ["Host: lamp.local", "Origin: https://a.example;reboot"], 403,
      "This was asked by a page of https://a.example;reboot, and the device is http://lamp.local"
    ),
    (
      "POST", "/toggle", ["Host: lamp.local:8080", "Content-Type: application/x-www-form-urlencoded"], 403,
      "A form must say its origin: with curl leave -d out, or add -H 'Origin: http://lamp.local:8080'"
    ),
    ("GET", "/b%C3%BCro", [], 404, "There is nothing at /büro: check its spelling"),
    ("GET", "/%E2%80%AEa", [], 404, "There is nothing at /\\u{202e}a: check its spelling"),
    ("POST", "/state", [], 405, "/state does not take POST, but PUT, OPTIONS"),
    ("BREW", "/state", [], 501, "There is no method BREW: OPTIONS says which a path takes"),
    (
      "GET", "/ws", [], 426,
      "This is for WebSockets: not an upgrade to websocket. Open it as ws://, and let a proxy in between pass on "
        + "HTTP/1.1, Upgrade and Connection"
    ),
    (
      "GET", "/ws", ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"], 400,
      "This is for WebSockets: missing Sec-WebSocket-Key. Send one Sec-WebSocket-Key, of 16 bytes in base64"
    ),
    ("POST", "/ws", [], 405, "This is for WebSockets: upgrade is not a GET. Open it with GET"),
    ("GET", "/%", [], 400, "Malformed path. Write % as %25, and leave out segments that are . or .."),
    ("GET", "/busy", [], 503, "the <lamp> does not answer"),
  ])
  func aPersonGetsAPageAndAScriptJSON(method: String, target: String, fields: [String], status: Int, words: String) {
    let json = Client(network()).ask(method, target, fields, body: method == "GET" ? nil : "")
    #expect(json?.status == status)
    #expect(json?["content-type"] == "application/json")
    let inJSON = words.replacing("\\", with: "\\\\").replacing("<", with: "\\u003C")
    #expect(json?.text == "{\"error\":\"\(inJSON)\"}")
    let page = Client(network()).ask(method, target, fields + [Self.chromium], body: method == "GET" ? nil : "")
    #expect(page?.status == status)
    #expect(page?["content-type"] == "text/html; charset=utf-8")
    let escaped = [("<", "&lt;"), (">", "&gt;"), ("'", "&#39;")].reduce(words) { $0.replacing($1.0, with: $1.1) }
    #expect(page?.text.contains("<p>\(escaped)</p>") == true, "\(page?.text ?? "")")
    for reply in [json, page] {
      #expect(reply?["cache-control"] == "no-store")
      #expect(reply?["vary"] == "Accept")
      #expect(reply?["x-content-type-options"] == "nosniff")
    }
    for name in ["allow", "upgrade", "retry-after"] { #expect(json?[name] == page?[name]) }
  }

  @Test(arguments: [
    ("text/html", true), ("TEXT/HTML", true), ("text/*", true), ("text/html;q=0.1", true),
    ("text/html, application/json", false), ("text/html;q=0.9, application/json;q=0.8", true),
    ("text/html;q=0.8, application/json;q=0.9", false), ("application/json, text/html;q=0.999", false),
    ("text/html;q=0, */*", false), ("text/html; charset=utf-8; q=0.5, */*;q=0.4", true), ("*/*", false),
    ("text/*;q=0.5, application/*;q=0.6", false), ("text/html;q=0.5, text/*;q=0.9, */*;q=0.7", false),
    ("text/html;q=x", false), ("text/html;q=1.001", false), ("text/html;q=0.1234", false), ("text/html;q=", false),
    ("image/avif,image/webp,*/*", false), ("", false), (",,;,", false), ("html", false),
  ])
  func acceptDecidesByItsWeights(accept: String, isPage: Bool) {
    let reply = Client(network()).ask("GET", "/none", ["Accept: \(accept)"])
    #expect(reply?["content-type"] == (isPage ? "text/html; charset=utf-8" : "application/json"))
  }

  /// Many clients show the status line and nothing else.
  @Test(arguments: [
    (Wire.request("GET", "/", ["Host: kitchen.example"]), "403 Unknown Host"),
    (Wire.upgrade("/ws", ["Host: lamp.local", "Origin: http://other.example"]), "403 Origin is another site"),
    (Wire.upgrade("/ws", ["Host: ::1:8080"]), "400 malformed Host"),
    (Wire.request("GET", "/", ["Host: ["]), "400 malformed Host"),
    (Wire.request("GET", "/ws", ["Host: lamp.local"]), "426 not an upgrade to websocket"),
    (Wire.request("GET", "/b%C3%BCro", ["Host: lamp.local"]), "404 Not found"),
    (Wire.request("GET", "/busy", ["Host: lamp.local"]), "503 the <lamp> does not answer"),
    (Wire.request("GET", "/long", ["Host: lamp.local"]), "409 Conflict"),
    (Wire.request("GET", "/foreign", ["Host: lamp.local"]), "409 Conflict"),
    (Wire.request("GET", "/lines", ["Host: lamp.local"]), "409 Conflict"),
  ])
  func theReasonPhraseSaysTheCause(request: [UInt8], statusLine: String) {
    let network = makeNetwork(hostNames: HostNames([bytes("lamp.local")])) { router in
      router.get("/busy") { _, _, response in response.fail(.serviceUnavailable, "the <lamp> does not answer") }
      router.get("/long") { _, _, response in
        response.fail(.conflict, "sixty-five bytes are more than a status line takes, and so these are")
      }
      router.get("/foreign") { _, _, response in response.fail(.conflict, "büro") }
      router.get("/lines") { _, _, response in response.fail(.conflict, "a\r\nSet-Cookie: b") }
    }
    let client = Client(network)
    client.send(request)
    #expect(text(client.received).hasPrefix("HTTP/1.1 \(statusLine)\r\n"), "\(text(client.received))")
  }

  @Test func aPeersWordsStayWordsAndAreBounded() {
    let network = network()
    let client = Client(network)
    let script = "<script>alert(1)</script>"
    let fields = ["Host: lamp.local", "Origin: http://\(script)\u{202E}", Self.chromium]
    let page = client.ask("PUT", "/state", fields, body: "")
    #expect(page?.text.contains("<script") == false)
    #expect(page?.text.contains("\u{202E}") == false)
    #expect(
      network.journal.refusals == [
        "192.168.1.100: 403 foreign Origin http://\(script)\\u{202e}, not http://lamp.local"
      ])
    let long = String(repeating: "ä", count: 3000)
    let reply = client.ask("PUT", "/state", ["Host: lamp.local", "Origin: \(long)"], body: "")
    let short = String(repeating: "ä", count: 50) + "…"
    #expect(reply?.text.contains("a page of \(short), and") == true)
    #expect(network.journal.refusals.last?.contains("\(short), not") == true)
    let name = String(repeating: "a.", count: 300)
    #expect((client.ask("GET", "/", ["Host: \(name)"])?.body.count ?? 999) < 200)
    #expect((client.ask("GET", "/" + name)?.body.count ?? 999) < 200)
  }

  @Test func withoutAdviceAnAnswerGivesNone() {
    let client = Client(network(advice: false))
    let unknown = client.ask("GET", "/", ["Host: kitchen.example"])
    #expect(unknown?.text == "{\"error\":\"This device does not know the name kitchen.example\"}")
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", 400, "missing Host. Name the device in a Host field"),
    ("GET / HTTP/1.1\r\nHost: ::1:80\r\n\r\n", 400, "malformed Host. An IPv6 address wants brackets, as in [::1]:8080"),
    ("GET /\r\n\r\n", 400, "malformed request line. Write it as RFC 9112 says, or let a library do so"),
    ("GET / HTTP/3.0\r\n\r\n", 505, "unsupported version. Speak HTTP/1.1"),
    (
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413, "body too large. Send less at a time"
    ),
    (
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br, chunked\r\n\r\n", 501,
      "unsupported transfer coding. Send the body with its length, or chunked"
    ),
    (
      "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431,
      "head too large. Send fewer fields; in a browser, delete the cookies of this host"
    ),
  ])
  func whatCannotBeReadSaysWhatIsWrongAndWhatToDo(request: String, status: Int, words: String) {
    let client = Client(network())
    client.send(request)
    let reply = client.reply()
    #expect(reply?.status == status)
    #expect(reply?.text == "{\"error\":\"The request cannot be understood: \(words)\"}")
  }
}
