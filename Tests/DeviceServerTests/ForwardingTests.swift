// SPDX-License-Identifier: MIT

// What a proxy says of a request: the grammar of Forwarded (RFC 7239 section 4), the X-Forwarded fields, and that
// nobody but a trusted proxy is believed.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing

@Suite struct ForwardingTests {
  /// What the handler of a request was told.
  private final class Told {
    var words = ""
  }

  private let told = Told()

  private func network(_ change: (inout Server<Journal>) -> Void = { _ in }) -> Network {
    let told = told
    let network = makeNetwork(hostNames: HostNames([bytes("lamp.example")])) { router in
      for method in [HTTPMethod.get, .post] {
        router.on(method, "/") { _, request, response in
          var line: [UInt8] = []
          request.remote.appendAddress(to: &line)
          line.append(request.scheme == .https ? " https " : " http ")
          line.append(request.head.host)
          line.append(" ")
          line.append(request.prefix)
          line.append(request.path)
          told.words = text(line)
          response.send("done")
        }
      }
    }
    network.change { application, _ in
      application.server.trustedProxies = ["192.168.1.0/24", "10.0.0.1", "fd00::/8"].map { range($0) }
      change(&application.server)
    }
    return network
  }

  private func range(_ text: String) -> AddressRange {
    do { return try AddressRange(parsing: bytes(text).span) } catch { fatalError("\(error.words)") }
  }

  /// What comes of a request with these fields from a trusted proxy: its handler's words, or the status.
  private func outcome(_ fields: [String], path: String = "/", host: String = "127.0.0.1:8080") -> String {
    let network = network()
    let reply = Client(network).ask("GET", path, ["Host: \(host)"] + fields)
    return reply?.status == 200 ? told.words : "\(reply?.status ?? 0)"
  }

  // MARK: Forwarded

  @Test(arguments: [
    (["for=192.0.2.43"], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["for=192.0.2.43;proto=https;host=lamp.example"], "192.0.2.43 https lamp.example /"),
    (["For=192.0.2.43;PROTO=HTTPS;hOsT=\"lamp.example:8443\";by=_p"], "192.0.2.43 https lamp.example:8443 /"),
    (["host=lamp.example ; proto=https;for=192.0.2.43"], "192.0.2.43 https lamp.example /"),
    (["for=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17 http 127.0.0.1:8080 /"),
    (["for=\"[2001:db8:cafe::17]\""], "2001:db8:cafe::17 http 127.0.0.1:8080 /"),
    (["for=\"[::ffff:192.0.2.43]:80\""], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["for=\"192.0.2.43:47011\""], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["for=\"192.0.2.43:_port\""], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["for=\"\\1\\92.0.2.43\""], "192.0.2.43 http 127.0.0.1:8080 /"),  // quoted pairs
    (["for=unknown"], "unknown http 127.0.0.1:8080 /"), (["for=\"UNKNOWN:80\""], "unknown http 127.0.0.1:8080 /"),
    (["for=_hidden.a-b_c;proto=http"], "unknown http 127.0.0.1:8080 /"),
    (["proto=https"], "unknown https 127.0.0.1:8080 /"),  // the proxy hides its client, who is not the proxy
    (["secret=x;for=192.0.2.43"], "192.0.2.43 http 127.0.0.1:8080 /"),  // extensions
    ([""], "192.168.1.100 http 127.0.0.1:8080 /"), ([" , ;; ,"], "192.168.1.100 http 127.0.0.1:8080 /"),
    // Several: the last that is not a proxy of ours, and what was said of it.
    (["for=1.1.1.1, for=192.0.2.43;proto=https, for=192.168.1.7"], "192.0.2.43 https 127.0.0.1:8080 /"),
    (["for=1.1.1.1", "for=192.0.2.43;host=lamp.example", "for=10.0.0.1;host=b"], "192.0.2.43 http lamp.example /"),
    (["for=10.0.0.1;proto=https, for=192.168.1.7"], "10.0.0.1 https 127.0.0.1:8080 /"),  // all are: the first
    (["for=10.0.0.1, for=\"[fd00::1]\", for=_x, for=192.168.1.7"], "unknown http 127.0.0.1:8080 /"),
    (["for=not an address, for=192.0.2.43"], "400"),
    (["for=\"_\\\"x, for=192.0.2.43"], "400"), (["for=\"", "for=192.0.2.43"], "400"), (["for=\"a\\"], "400"),
    (["for"], "400"), (["for="], "400"), (["=a"], "400"), (["for=a b"], "400"), (["for=\"192.0.2.43\"x"], "400"),
    (["for = 192.0.2.43"], "400"), (["for=192.0.2.43;for=192.0.2.44"], "400"), (["proto=http;Proto=https"], "400"),
    (["for=[2001:db8::1]"], "400"), (["for=2001:db8::1"], "400"), (["for=192.0.2.256"], "400"),
    (["for=010.0.0.1"], "400"), (["for=\"192.0.2.43:65536\""], "400"), (["for=\"192.0.2.43:\""], "400"),
    (["for=\"[2001:db8::1]x\""], "400"), (["for=\"[]\""], "400"), (["for=_"], "400"), (["for=\"_a/b\""], "400"),
    (["for=192.0.2.43;proto=gopher"], "400"), (["for=192.0.2.43;host=\"a b\""], "400"),
    (["for=192.0.2.43;host=\"\""], "400"), (["for=192.0.2.43;host=\"lamp.example:99999\""], "400"),
    (["for=192.0.2.43;host=evil.example"], "403"),  // judged as any other host
    // What stands before the client is a stranger's, and not looked at.
    (["for=garbage, for=192.0.2.43"], "192.0.2.43 http 127.0.0.1:8080 /"),
  ])
  func everyFormOfForwardedIsUnderstoodOrRefused(lines: [String], expected: String) {
    #expect(outcome(lines.map { "Forwarded: \($0)" }) == expected)
  }

  // MARK: X-Forwarded

  @Test(arguments: [
    (["For: 192.0.2.43"], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["For: 2001:db8::17"], "2001:db8::17 http 127.0.0.1:8080 /"),
    (["For: [2001:db8::17]:80"], "2001:db8::17 http 127.0.0.1:8080 /"),
    (["For: 192.0.2.43:4711"], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["For: unknown"], "unknown http 127.0.0.1:8080 /"),
    (["For: 1.1.1.1, 192.0.2.43 ,192.168.1.7"], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["For: 1.1.1.1", "For: 192.0.2.43"], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["For: rubbish, 192.0.2.43"], "192.0.2.43 http 127.0.0.1:8080 /"),
    (["For: 192.0.2.43, rubbish"], "400"), (["For: 1.1.1.1, 192.0.2.300"], "400"), (["For: 1:2:3"], "400"),
    (["Proto: https"], "unknown https 127.0.0.1:8080 /"), (["Proto: wss"], "unknown https 127.0.0.1:8080 /"),
    (["Proto: ws"], "unknown http 127.0.0.1:8080 /"), (["Proto: ftp"], "400"), (["Proto: \"https\""], "400"),
    (["For: 192.0.2.43", "Proto: https", "Host: lamp.example:8443"], "192.0.2.43 https lamp.example:8443 /"),
    (["For: 192.0.2.43", "Host: evil.example"], "403"), (["For: 192.0.2.43", "Host: a b"], "400"),
    (["For: 192.0.2.43", "Host: a@lamp.example"], "400"),
    // The other fields count from the end as far as the client does; a single value is of whoever set it last.
    (["For: 192.0.2.43", "Host: evil.example, lamp.example"], "192.0.2.43 http lamp.example /"),
    (
      ["For: 192.0.2.43, 10.0.0.1", "Host: lamp.example, inner", "Proto: https, http"],
      "192.0.2.43 https lamp.example /"
    ),
    (["For: 192.0.2.43, 10.0.0.1", "Host: lamp.example", "Proto: https"], "192.0.2.43 https lamp.example /"),
    // The port, where the host has none.
    (["Host: lamp.example", "Port: 8443", "Proto: https"], "unknown https lamp.example:8443 /"),
    (["Host: lamp.example", "Port: 443", "Proto: https"], "unknown https lamp.example /"),
    (["Host: lamp.example", "Port: 80"], "unknown http lamp.example /"),
    (["Host: lamp.example:9", "Port: 8443"], "unknown http lamp.example:9 /"),
    (["Host: [::1]", "Port: 8443"], "unknown http [::1]:8443 /"),
    (["Port: 8443"], "unknown http 127.0.0.1:8080 /"), (["Port: 0"], "400"), (["Port: 65536"], "400"),
    (["Port: x"], "400"),
    // The prefix, which is gone already or is taken off.
    (["Prefix: /devices/lamp"], "192.168.1.100 http 127.0.0.1:8080 /devices/lamp/"),
    (["Prefix: /devices/lamp/"], "192.168.1.100 http 127.0.0.1:8080 /devices/lamp/"),
    (["Prefix: /"], "192.168.1.100 http 127.0.0.1:8080 /"),
    (["Prefix: //evil.example"], "400"), (["Prefix: lamp"], "400"), (["Prefix: /a/../b"], "400"),
    (["Prefix: /a b"], "400"), (["Prefix: /a\\b"], "400"), (["Prefix: /a, /b"], "400"), (["Prefix: /a;b"], "400"),
    (["Prefix: /a//b"], "400"), (["Prefix: /%2e%2e"], "400"), (["Prefix: /a", "Prefix: /a"], "400"),
    (["Prefix: /" + String(repeating: "a", count: 256)], "400"), (["Prefix: "], "400"),
  ])
  func everyXForwardedFieldIsUnderstoodOrRefused(fields: [String], expected: String) {
    #expect(outcome(fields.map { "X-Forwarded-\($0)" }) == expected)
  }

  @Test func whatOneKindSaysIsNotMixedWithTheOther() {
    let both = outcome(["Forwarded: for=192.0.2.43", "X-Forwarded-For: 192.0.2.43"])
    #expect(both == "400")
    let prefix = outcome(["Forwarded: for=192.0.2.43", "X-Forwarded-Prefix: /lamp"])
    #expect(prefix == "192.0.2.43 http 127.0.0.1:8080 /lamp/")
    #expect(outcome(["X-Ingress-Path: /api/hassio_ingress/AbC_-1"]).hasSuffix(" /api/hassio_ingress/AbC_-1/"))
    #expect(outcome(["X-Ingress-Path: /a", "X-Forwarded-Prefix: /b"]) == "400")
  }

  @Test func anAnswerSaysWhatIsWrongWithTheProxysWords() {
    let network = network()
    let reply = Client(network).ask("GET", "/", ["Forwarded: for=\""])
    let words = "the proxy's Forwarded field is malformed. See what the proxy is set to send"
    #expect(reply.map { text($0.body) } == "{\"error\":\"\(words)\"}")
    #expect(network.journal.refusals == ["192.168.1.100: 400 the proxy's Forwarded field is malformed"])
    // Before a body is asked for, too.
    let client = Client(network)
    let fields = ["Host: localhost", "X-Forwarded-For: ?", "Expect: 100-continue", "Content-Length: 5"]
    client.send("POST / HTTP/1.1\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n")
    #expect(client.reply()?.status == 400)
  }

  // MARK: Trust

  @Test func nobodyButATrustedProxyIsBelieved() {
    let network = network { $0.trustedProxies = [self.range("10.0.0.1")] }
    let client = Client(network)
    let fields = [
      "Host: 127.0.0.1:8080", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: lamp.example",
      "X-Forwarded-Prefix: /x",
    ]
    for _ in 0..<3 { #expect(client.ask("GET", "/", fields)?.status == 200) }
    #expect(told.words == "192.168.1.100 http 127.0.0.1:8080 /")
    #expect(client.ask("GET", "/", ["Forwarded: rubbish", "X-Forwarded-For: rubbish"])?.status == 200)
    let words = "its Forwarded or X-Forwarded fields are ignored: it is no trusted proxy"
    #expect(network.journal.refusals == ["192.168.1.100: \(words)"])
    #expect(network.counters.requestsRefused == 0)
  }

  @Test func eachRequestOfAProxysConnectionIsItsClients() {
    let client = Client(network())
    #expect(client.ask("GET", "/", ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https"])?.status == 200)
    #expect(told.words.hasPrefix("192.0.2.1 https "))
    #expect(client.ask("GET", "/", ["X-Forwarded-For: 192.0.2.2", "X-Forwarded-Prefix: /a"])?.status == 200)
    #expect(told.words.hasPrefix("192.0.2.2 http ") && told.words.hasSuffix(" /a/"))
    #expect(client.ask("GET", "/")?.status == 200)  // its own, as when it asks whether we are well
    #expect(told.words.hasPrefix("192.168.1.100 http ") && told.words.hasSuffix(" /"))
  }

  @Test func aSocketIsItsClients() {
    let network = network()
    let client = Client(network)
    client.send(Wire.upgrade("/ws", ["Forwarded: for=\"[2001:db8::17]\""]))
    client.expectUpgraded()
    #expect(network.journal.events.contains { $0.contains("connect 2001:db8::17:") })
  }

  // MARK: Origin

  @Test(arguments: [
    (["Origin: https://lamp.example", "X-Forwarded-Proto: https", "X-Forwarded-Host: lamp.example"], true),
    (["Origin: https://lamp.example:443", "X-Forwarded-Proto: https", "X-Forwarded-Host: lamp.example"], true),
    (["Origin: wss://lamp.example", "X-Forwarded-Proto: wss", "X-Forwarded-Host: lamp.example"], true),
    (["Origin: http://lamp.example", "X-Forwarded-Proto: https", "X-Forwarded-Host: lamp.example"], false),
    (["Origin: https://lamp.example", "X-Forwarded-Proto: http", "X-Forwarded-Host: lamp.example"], false),
    (["Origin: https://lamp.example:8443", "X-Forwarded-Proto: https", "X-Forwarded-Host: lamp.example"], false),
    (["Origin: https://127.0.0.1:8080", "X-Forwarded-Proto: https", "X-Forwarded-Host: lamp.example"], false),
    (["Origin: https://127.0.0.1:8080"], true),  // TLS may have ended in between, without a word
    (["Origin: http://127.0.0.1:8080"], true),
  ])
  func theSameOriginIsThatOfTheClientsAddress(fields: [String], isAllowed: Bool) {
    let network = network()
    let fields = ["Host: 127.0.0.1:8080"] + fields
    #expect(Client(network).ask("POST", "/", fields, body: "")?.status == (isAllowed ? 200 : 403))
    let upgrade = Client(network)
    upgrade.send(Wire.upgrade("/ws", fields))
    #expect(upgrade.reply()?.status == (isAllowed ? 101 : 403))
    // And how a page finds out.
    #expect(Client(network).ask("POST", "/ws", fields, body: "")?.status == (isAllowed ? 405 : 403))
  }

  // MARK: Prefix

  @Test(arguments: [
    ("/devices/lamp/", "200 /devices/lamp/"), ("/devices/lamp", "303 /devices/lamp/"),
    ("/devices/lamp?a=b", "303 /devices/lamp/?a=b"), ("/", "200 /"), ("/devices/lampshade", "404"),
    ("/devices", "404"), ("/devices/", "404"), ("/devices/lamp//", "404"),
  ])
  func aPrefixThatTheProxyLeavesIsTakenOff(path: String, expected: String) {
    let network = network { $0.pathPrefix = Self.prefix("/devices/lamp/") }
    let reply = Client(network).ask("GET", path)
    let status = reply?.status ?? 0
    let place = status == 200 ? told.words.split(separator: " ").last.map(String.init) : reply?["location"]
    #expect("\(status)\(place.map { " " + $0 } ?? "")" == expected)
  }

  @Test func theProxysPrefixIsTakenOffWhereItIsStillThere() {
    #expect(outcome(["X-Forwarded-Prefix: /devices/lamp"], path: "/devices/lamp/").hasSuffix(" /devices/lamp/"))
    let reply = Client(network()).ask("GET", "/lamp", ["X-Forwarded-Prefix: /lamp"])
    #expect(reply?.status == 303)
    #expect(reply?["location"] == "/lamp/")
    // One proxy takes its own off, the other leaves it.
    let network = network { $0.pathPrefix = Self.prefix("/inner") }
    #expect(Client(network).ask("GET", "/inner/", ["X-Forwarded-Prefix: /outer"])?.status == 200)
    #expect(told.words.hasSuffix(" /outer/inner/"))
  }

  @Test func aSocketOpensUnderAPrefix() {
    let client = Client(network { $0.pathPrefix = Self.prefix("/devices/lamp") })
    client.send(Wire.upgrade("/devices/lamp/ws"))
    client.expectUpgraded()
  }

  private static func prefix(_ text: String) -> PathPrefix {
    do { return try PathPrefix(parsing: bytes(text).span) } catch { fatalError("\(error.words)") }
  }

  // MARK: Any bytes

  @Test func noFieldMakesAClientOutOfNothing() {
    var random = SeededGenerator(seed: SeededGenerator.freshSeed())
    let pieces = [
      "for=", "proto=", "host=", "\"", "\\", ",", ";", "=", " ", "[", "]", ":", "::", "192.0.2.1", "1.1.1.1", "fd00::1",
      "_x", "unknown", "http", "wss", "/", "..", "/a", "%", "255", "99999999999999999999", "ffff", "\t", "é", "@",
      "lamp.example",
    ]
    let names = [
      "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix",
      "X-Ingress-Path",
    ]
    let client = Client(network { $0.pathPrefix = Self.prefix("/a") })
    for _ in 0..<1500 {
      let fields = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        let value = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random)! }
        return "\(names.randomElement(using: &random)!): \(value.joined())"
      }
      told.words = ""
      let status = client.ask("GET", ["/", "/a", "/a/"].randomElement(using: &random)!, fields)?.status
      let seed = random.seed
      #expect([200, 303, 400, 403, 404].contains(status), "\(fields), seed \(seed)")
      if status == 200 {
        let words = told.words.split(separator: " ")
        let isPath = words.count == 4 && words[3].hasPrefix("/") && !words[3].hasPrefix("//")
        #expect(isPath, "\(told.words) of \(fields), seed \(seed)")
      }
    }
  }
}
