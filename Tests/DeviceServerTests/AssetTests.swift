// SPDX-License-Identifier: MIT

// Files: types, entity tags and conditions (RFC 9110 sections 8.8.3, 13), content negotiation (section 12.5.3),
// caching.

import Bytes
import ConformanceSupport
@testable import DeviceServer
import Testing

@Suite struct AssetTests {
  private func network() -> Network {
    makeNetwork { router in
      router.assets = AssetTable([
        StaticAsset(path: bytes("/index.css"), bytes: bytes("plain"), gzipped: bytes("GZ"), entityTag: bytes("abc")),
        StaticAsset(path: bytes("/app.js"), bytes: bytes("js"), entityTag: bytes("xyz")),
        StaticAsset(path: bytes("/untagged.bin"), bytes: [0, 1, 2]),
        StaticAsset(path: bytes("/index.html"), bytes: bytes("<b class=\"%STATE%\">%NOT%</b>"), isTemplate: true),
        StaticAsset(path: bytes("/app.js"), bytes: bytes("second")),
        StaticAsset(path: bytes("/small.js"), bytes: nil, gzipped: SharedBytes(bytes("GZ")), entityTag: bytes("s")),
        StaticAsset(path: bytes("/empty.txt"), bytes: [], entityTag: bytes("none")),
      ])
      router.onTemplate { journal, _, name, value in
        journal.handled += 1
        guard name.equals("STATE") else { return nil }
        value.append("o\"n")
        return .text
      }
    }
  }

  @Test(arguments: [
    ("/a.html", "text/html; charset=utf-8"), ("/a.HTM", "text/html; charset=utf-8"),
    ("/a.css", "text/css; charset=utf-8"), ("/a.min.js", "text/javascript; charset=utf-8"),
    ("/a.mjs", "text/javascript; charset=utf-8"), ("/a.json", "application/json"), ("/a.svg", "image/svg+xml"),
    ("/a.png", "image/png"), ("/favicon.ico", "image/x-icon"), ("/a.jpeg", "image/jpeg"),
    ("/a.webmanifest", "application/manifest+json"), ("/a.woff2", "font/woff2"), ("/a.wasm", "application/wasm"),
    ("/a.txt", "text/plain; charset=utf-8"), ("/a", "application/octet-stream"), ("", "application/octet-stream"),
    ("/a.css/b", "application/octet-stream"), ("/a.", "application/octet-stream"),
    ("/a.unknown", "application/octet-stream"),
  ])
  func theNameSaysTheType(name: String, type: String) {
    let written = String(decoding: [UInt8](MediaType.forName(bytes(name).span)), as: UTF8.self)
    #expect(written == type)
  }

  @Test func anAssetIsSentWithTypeTagAndCaching() {
    let reply = Client(network()).ask("GET", "/index.css")
    #expect(reply?.status == 200)
    #expect(reply?.text == "plain")
    #expect(reply?["content-type"] == "text/css; charset=utf-8")
    #expect(reply?["etag"] == "\"abc\"")
    #expect(reply?["cache-control"] == "no-cache")
    #expect(reply?["vary"] == "Accept-Encoding")
    #expect(reply?["content-encoding"] == nil)
    #expect(reply?["x-content-type-options"] == "nosniff")
  }

  /// As on a board without room for both forms. Who names no coding accepts any (RFC 9110 section 12.5.3).
  @Test(arguments: [(nil, 200), ("gzip", 200), ("*", 200), ("identity", 406), ("gzip;q=0", 406), ("", 406)])
  func whatIsThereCompressedOnlyIsSentSoOrRefused(accepted: String?, status: Int) {
    let reply = Client(network()).ask("GET", "/small.js", accepted.map { ["Accept-Encoding: \($0)"] } ?? [])
    #expect(reply?.status == status)
    #expect(reply?["content-encoding"] == (status == 200 ? "gzip" : nil))
    #expect(reply?["etag"] == (status == 200 ? "\"s-gzip\"" : nil))
    #expect(reply?["vary"] == "Accept-Encoding")
    #expect(reply?["x-content-type-options"] == "nosniff")
  }

  @Test(arguments: [
    ("gzip", true), ("GZIP", true), ("x-gzip", true), ("deflate, gzip", true), ("deflate,gzip;q=0.5", true),
    ("gzip;q=0.001", true), ("gzip ; q=1", true), ("*", true), ("br, *;q=0.1", true), ("br, *;q=0, gzip", true),
    ("gzip;q=0", false), ("gzip; q=0.000", false), ("gzip;q=0, *", false), ("*;q=0", false), ("br", false),
    ("gzipped", false), ("", false), ("identity", false),
  ])
  func compressionIsNegotiated(accepted: String, isCompressed: Bool) {
    let client = Client(network())
    let reply = client.ask("GET", "/index.css", ["Accept-Encoding: \(accepted)"])
    #expect(reply?.text == (isCompressed ? "GZ" : "plain"))
    #expect(reply?["content-encoding"] == (isCompressed ? "gzip" : nil))
    #expect(reply?["etag"] == (isCompressed ? "\"abc-gzip\"" : "\"abc\""))  // two representations, two strong tags
    #expect(reply?["vary"] == "Accept-Encoding")
    let plain = client.ask("GET", "/app.js", ["Accept-Encoding: \(accepted)"])
    #expect(plain?.text == "js")  // the first of two with one path; it has no compressed form
    #expect(plain?["vary"] == nil)
    #expect(plain?["content-encoding"] == nil)
  }

  @Test(arguments: [
    ("\"abc\"", 304), ("W/\"abc\"", 304), ("\"x\", \"abc\"", 304), ("\"x\",W/\"abc\" , \"y\"", 304), ("*", 304),
    ("\"abc-gzip\"", 200), ("abc", 200), ("\"ABC\"", 200), ("\"ab\"", 200), ("", 200), ("\"x\", \"y\"", 200),
  ])
  func aKnownTagIs304(condition: String, status: Int) {
    let client = Client(network())
    for method in ["GET", "HEAD"] {
      let reply = client.ask(method, "/index.css", ["If-None-Match: \(condition)"])
      #expect(reply?.status == status)
      #expect(reply?.text == (status == 200 && method == "GET" ? "plain" : ""))
      #expect(reply?["etag"] == "\"abc\"")  // RFC 9110 section 15.4.5: as the 200 would have them
      #expect(reply?["cache-control"] == "no-cache")
      #expect(reply?["vary"] == "Accept-Encoding")
      #expect((reply?["content-length"] == nil) == (status == 304))
    }
    #expect(client.received.isEmpty)
  }

  @Test func theTagOfTheCompressedFormMatchesOnlyWhereItWouldBeSent() {
    let client = Client(network())
    let fields = ["If-None-Match: \"abc-gzip\"", "Accept-Encoding: gzip"]
    #expect(client.ask("GET", "/index.css", fields)?.status == 304)
    #expect(client.ask("GET", "/index.css", ["If-None-Match: \"abc\"", "Accept-Encoding: gzip"])?.status == 200)
  }

  @Test func headHasTheLengthOfWhatGetWouldSend() {
    let client = Client(network())
    #expect(client.ask("HEAD", "/index.css")?["content-length"] == "5")
    #expect(client.ask("HEAD", "/index.css", ["Accept-Encoding: gzip"])?["content-length"] == "2")
    #expect(client.ask("HEAD", "/empty.txt")?["content-length"] == "0")
    #expect(client.ask("GET", "/empty.txt")?.body == [])
  }

  /// RFC 9110 section 13.1.1: a strong comparison, so a weak tag is never met.
  @Test(arguments: [
    ("\"abc\"", 200), ("\"x\" , \"abc\"", 200), ("*", 200), ("", 412), ("\"x\"", 412), ("W/\"abc\"", 412),
    ("\"abc-gzip\"", 412), ("abc", 412),
  ])
  func anUnmetIfMatchIs412(condition: String, status: Int) {
    let network = network()
    let client = Client(network)
    let reply = client.ask("GET", "/index.css", ["If-Match: \(condition)"])
    #expect(reply?.status == status)
    #expect(reply?.text == (status == 200 ? "plain" : ""))
    #expect(client.ask("GET", "/none.css", ["If-Match: \(condition)"])?.status == 404)  // section 13.2.1
    #expect(network.counters.requestsRefused == (status == 412 ? 2 : 1))
  }

  /// Section 13.2.2.
  @Test func ifMatchComesBeforeIfNoneMatch() {
    let client = Client(network())
    #expect(client.ask("GET", "/index.css", ["If-None-Match: *", "If-Match: \"x\""])?.status == 412)
    #expect(client.ask("GET", "/index.css", ["If-None-Match: *", "If-Match: \"abc\""])?.status == 304)
  }

  /// RFC 9110 section 5.3: lines of one name are one list.
  @Test func aListMayComeInSeveralLines() {
    let client = Client(network())
    #expect(client.ask("GET", "/index.css", ["If-None-Match: \"x\"", "If-None-Match: \"abc\""])?.status == 304)
    #expect(client.ask("GET", "/index.css", ["If-Match: \"x\"", "If-Match: \"abc\""])?.status == 200)
    #expect(client.ask("GET", "/index.css", ["Accept-Encoding: br", "Accept-Encoding: gzip"])?.text == "GZ")
    #expect(client.ask("GET", "/index.css", ["Accept-Encoding: gzip;q=0", "Accept-Encoding: *"])?.text == "plain")
  }

  /// Sections 13.1.1 and 13.1.2: only `*` is about any representation, tag or no tag.
  @Test(arguments: ["/untagged.bin", "/index.html"])
  func withoutATagOnlyTheAsteriskIsMet(target: String) {
    let client = Client(network())
    #expect(client.ask("GET", target, ["If-None-Match: \"\""])?.status == 200)
    #expect(client.ask("GET", target, ["If-None-Match: *"])?.status == 304)
    #expect(client.ask("GET", target, ["If-Match: \"\""])?.status == 412)
    let reply = client.ask("GET", target, ["If-Match: *"])
    #expect(reply?.status == 200)
    #expect(reply?["etag"] == nil)
  }

  @Test(arguments: ["/", "/index.html"])
  func theIndexGoesThroughTheTemplateEveryTime(target: String) {
    let network = network()
    let client = Client(network)
    for count in 1...2 {
      let reply = client.ask("GET", target, ["If-None-Match: \"abc\"", "Accept-Encoding: gzip", "Host: localhost:8080"])
      #expect(reply?.status == 200)
      #expect(reply?.text == "<b class=\"o&quot;n\">%NOT%</b>")
      #expect(reply?["cache-control"] == "no-store")
      #expect(reply?["etag"] == nil)
      #expect(reply?["content-type"] == "text/html; charset=utf-8")
      #expect(reply?["content-security-policy"]?.contains("connect-src 'self' ws://localhost:8080") == true)
      #expect(network.journal.handled == 2 * count)
    }
  }

  @Test func aSwappedTableIsSeenAtOnce() {
    let network = network()
    let client = Client(network)
    #expect(client.ask("GET", "/app.js")?.text == "js")
    network.change { application, _ in
      application.server.assets = AssetTable([StaticAsset(path: bytes("/new.js"), bytes: bytes("new"))])
    }
    #expect(client.ask("GET", "/app.js")?.status == 404)
    #expect(client.ask("GET", "/new.js")?.text == "new")
  }

  @Test func tablesOfAnySizeFindEveryPathAndNoOther() {
    for size in 0...20 {
      let table = AssetTable((0..<size).map { StaticAsset(path: bytes("/\($0 * 2)"), bytes: [UInt8($0)]) })
      #expect(table.count == size)
      for index in 0..<size {
        #expect(table.asset(at: bytes("/\(index * 2)").span)?.bytes == [UInt8(index)])
        #expect(table.asset(at: bytes("/\(index * 2 + 1)").span) == nil)
      }
      #expect(table.asset(at: bytes("").span) == nil)
      #expect(table.asset(at: bytes("/").span) == nil)
    }
  }
}
