// SPDX-License-Identifier: MIT

// Parts of files (RFC 9110 section 14), and the way from a folder's name to its index.

import Bytes
import ConformanceSupport
@testable import DeviceServer
import Testing

@Suite struct RangeTests {
  static let text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  // 62 bytes

  private func client(_ more: [StaticAsset] = []) -> Client {
    Client(
      makeNetwork { router in
        router.assets = AssetTable(
          [
            StaticAsset(path: bytes("/a.txt"), bytes: bytes(Self.text), entityTag: bytes("abc")),
            StaticAsset(path: bytes("/b.js"), bytes: bytes("plain"), gzipped: bytes("GZ"), entityTag: bytes("b")),
            StaticAsset(path: bytes("/c.js"), bytes: nil, gzipped: SharedBytes(bytes("compressed")), entityTag: bytes("c")),
            StaticAsset(path: bytes("/empty.txt"), bytes: [], entityTag: bytes("e")),
            StaticAsset(path: bytes("/untagged.txt"), bytes: bytes(Self.text)),
            StaticAsset(path: bytes("/index.html"), bytes: bytes("<p>%NAME%"), isTemplate: true),
          ] + more)
        router.get("/routed") { _, _, response in response.send("0123456789") }
        router.get("/apart/routed") { _, _, response in response.send("routed") }
      })
  }

  @Test(arguments: [
    ("bytes=0-0", "0", "0-0"), ("bytes=0-9", "0123456789", "0-9"), ("bytes=10-12", "abc", "10-12"),
    ("bytes=60-", "YZ", "60-61"), ("bytes=60-1000", "YZ", "60-61"), ("bytes=-2", "YZ", "60-61"),
    ("bytes=-62", text, "0-61"), ("bytes=-1000", text, "0-61"), ("bytes=0-", text, "0-61"),
    ("BYTES=61-61", "Z", "61-61"),
    ("bytes=59-99999999999999999999999", "XYZ", "59-61"), ("bytes=-99999999999999999999999", text, "0-61"),
    ("bytes= 00-01 ", "01", "0-1"), ("bytes=5-5", "5", "5-5"),
  ])
  func oneRangeIsSentAlone(range: String, body: String, place: String) {
    let reply = client().ask("GET", "/a.txt", ["Range: \(range)"])
    #expect(reply?.status == 206)
    #expect(reply?.text == body)
    #expect(reply?["content-range"] == "bytes \(place)/62")
    #expect(reply?["content-length"] == "\(body.utf8.count)")
    #expect(reply?["etag"] == "\"abc\"")  // RFC 9110 section 15.3.7: as the 200 would have them
    #expect(reply?["cache-control"] == "no-cache")
    #expect(reply?["content-type"] == "text/plain; charset=utf-8")
    #expect(reply?["accept-ranges"] == "bytes")
    #expect(reply?["x-content-type-options"] == "nosniff")
  }

  @Test(arguments: ["bytes=62-", "bytes=62-70", "bytes=99999999999999999999999-", "bytes=-0", "bytes=100-200"])
  func aRangeBehindTheEndIs416(range: String) {
    let client = client()
    let reply = client.ask("GET", "/a.txt", ["Range: \(range)"])
    #expect(reply?.status == 416)
    #expect(reply?["content-range"] == "bytes */62")
    #expect(client.ask("GET", "/a.txt")?.text == Self.text)  // the connection goes on
  }

  @Test(arguments: [
    "", "bytes", "bytes=", "bytes=-", "bytes=9-0", "bytes=a-", "bytes=0-b", "bytes=1", "bytes=0 - 9", "bytes=+1-2",
    "bytes=--2", "bytes=1-2-3", "bytes =0-1", "lines=0-1", "bytes=0-1,5-6", "bytes=0-1, 60-", "bytes=99-, 0-1",
    "bytes=0-,",
    "bytes=0x1-2",
  ])
  func whatIsMalformedOrSeveralIsIgnored(range: String) {
    let reply = client().ask("GET", "/a.txt", ["Range: \(range)"])
    #expect(reply?.status == 200)
    #expect(reply?.text == Self.text)
    #expect(reply?["content-range"] == nil)
    #expect(reply?["accept-ranges"] == "bytes")
  }

  @Test func severalFieldsAreSeveralRanges() {
    #expect(client().ask("GET", "/a.txt", ["Range: bytes=0-1", "Range: bytes=2-3"])?.status == 200)
  }

  /// Section 14.2: only GET has ranges.
  @Test func headIsAnsweredAsWithoutARange() {
    let reply = client().ask("HEAD", "/a.txt", ["Range: bytes=0-1"])
    #expect(reply?.status == 200)
    #expect(reply?["content-length"] == "62")
    #expect(reply?["accept-ranges"] == "bytes")
    #expect(client().ask("HEAD", "/b.js", ["Range: bytes=0-1", "Accept-Encoding: gzip"])?["content-length"] == "2")
  }

  @Test(arguments: [
    ("\"abc\"", 206), ("W/\"abc\"", 200), ("\"x\"", 200), ("abc", 200), ("*", 200), ("", 200), ("\"abc\", \"x\"", 200),
    ("Sun, 29 Nov 2026 12:00:00 GMT", 200),
  ])
  func ifRangeIsMetByTheSameStrongTagOnly(condition: String, status: Int) {
    let reply = client().ask("GET", "/a.txt", ["If-Range: \(condition)", "Range: bytes=1-2"])
    #expect(reply?.status == status)
    #expect(reply?.text == (status == 206 ? "12" : Self.text))
    #expect(client().ask("GET", "/a.txt", ["If-Range: \(condition)", "Range: bytes=70-"])?.status == (status == 206 ? 416 : 200))
    #expect(client().ask("GET", "/a.txt", ["If-Range: \(condition)"])?.status == 200)
    #expect(client().ask("GET", "/untagged.txt", ["If-Range: \(condition)", "Range: bytes=1-2"])?.status == 200)
  }

  /// Section 13.2.2: `If-Match`, `If-None-Match`, and only then `If-Range` and `Range`.
  @Test func conditionsComeBeforeTheRange() {
    let client = client()
    let range = "Range: bytes=1-2"
    #expect(client.ask("GET", "/a.txt", [range, "If-None-Match: \"abc\""])?.status == 304)
    #expect(client.ask("GET", "/a.txt", ["Range: bytes=99-", "If-None-Match: \"abc\""])?.status == 304)
    #expect(client.ask("GET", "/a.txt", [range, "If-None-Match: \"x\""])?.status == 206)
    #expect(client.ask("GET", "/a.txt", [range, "If-Match: \"x\""])?.status == 412)
    #expect(client.ask("GET", "/a.txt", ["Range: bytes=99-", "If-Match: \"x\""])?.status == 412)
    #expect(client.ask("GET", "/a.txt", [range, "If-Match: \"abc\""])?.status == 206)
    #expect(client.ask("GET", "/a.txt", [range, "If-Match: \"abc\"", "If-Range: \"x\""])?.status == 200)
  }

  @Test func aRangeIsOfThePlainFormWhereThereIsOne() {
    let client = client()
    let reply = client.ask("GET", "/b.js", ["Range: bytes=1-2", "Accept-Encoding: gzip"])
    #expect(reply?.status == 206)
    #expect(reply?.text == "la")
    #expect(reply?["content-encoding"] == nil)
    #expect(reply?["content-range"] == "bytes 1-2/5")
    #expect(reply?["etag"] == "\"b\"")
    #expect(reply?["vary"] == "Accept-Encoding")
    // Who was sent the beginning of the compressed form gets the whole, not a piece that does not fit.
    let fields = ["Range: bytes=1-", "If-Range: \"b-gzip\"", "Accept-Encoding: gzip"]
    #expect(client.ask("GET", "/b.js", fields)?.text == "plain")
    let compressed = client.ask("GET", "/c.js", ["Range: bytes=0-3", "Accept-Encoding: gzip"])
    #expect(compressed?.text == "comp")
    #expect(compressed?["content-encoding"] == "gzip")
    #expect(compressed?["content-range"] == "bytes 0-3/10")
    #expect(client.ask("GET", "/c.js", ["Range: bytes=0-3", "Accept-Encoding: identity"])?.status == 406)
  }

  @Test(arguments: [("bytes=0-", 416), ("bytes=0-0", 416), ("bytes=-0", 416), ("bytes=-1", 200)])
  func ofAnEmptyFileThereIsNoRange(range: String, status: Int) {
    let reply = client().ask("GET", "/empty.txt", ["Range: \(range)"])
    #expect(reply?.status == status)
    #expect(reply?["content-range"] == (status == 416 ? "bytes */0" : nil))
  }

  @Test(arguments: ["/", "/index.html", "/routed"])
  func templatesAndRoutesHaveNoRanges(target: String) {
    let reply = client().ask("GET", target, ["Range: bytes=1-2"])
    #expect(reply?.status == 200)
    #expect(reply?["accept-ranges"] == nil)
  }

  @Test func everyRangeOfAFileIsExact() {
    let client = client()
    let all = bytes(Self.text)
    for first in stride(from: 0, to: 62, by: 7) {
      for last in stride(from: first, to: 70, by: 5) {
        let reply = client.ask("GET", "/a.txt", ["Range: bytes=\(first)-\(last)"])
        #expect(reply?.body == Array(all[first...min(last, 61)]))
      }
    }
  }

  @Test func aPieceOfALargeFileIsNotCopied() {
    let large = SharedBytes([UInt8](repeating: 7, count: 4_000_000))
    var queue = OutputQueue()
    queue.append(large, 1_000_000..<3_000_000)
    #expect(queue.count == 2_000_000)
    #expect(queue.copiedCount == 0)
  }

  // MARK: Folders

  private static let folders = ["/docs/index.html", "/old/index.htm", "/both/index.html", "/both/index.htm"].map {
    StaticAsset(path: bytes($0), bytes: bytes($0), entityTag: bytes("t"))
  } + [
    StaticAsset(path: bytes("/small/index.html"), bytes: nil, gzipped: SharedBytes(bytes("GZ")), entityTag: bytes("s")),
    StaticAsset(path: bytes("/file"), bytes: bytes("file")),
    StaticAsset(path: bytes("/file/index.html"), bytes: bytes("in it")),
    StaticAsset(path: bytes("/a b/c:d/index.html"), bytes: bytes("odd")),
    StaticAsset(path: bytes("/apart/index.html"), bytes: bytes("apart")),
    StaticAsset(path: bytes("/apart/routed/index.html"), bytes: bytes("hidden by the route")),
    StaticAsset(path: bytes("/plain/file"), bytes: bytes("no index")),
  ]

  @Test(arguments: [
    ("/docs", "./docs/"), ("/old", "./old/"), ("/small", "./small/"), ("/docs?a=1&b=/", "./docs/?a=1&b=/"),
    ("/a%20b/c:d", "./c:d/"), ("/a%20b/c%3Ad", "./c%3Ad/"),
  ])
  func aFoldersNameLeadsToTheFolder(target: String, location: String) {
    let client = client(Self.folders)
    for method in ["GET", "HEAD"] {
      let reply = client.ask(method, target)
      #expect(reply?.status == 301)
      #expect(reply?["location"] == location)
      #expect(reply?["cache-control"] == "no-cache")
      #expect(reply?.body == [])
    }
  }

  @Test(arguments: [
    ("/docs/", "/docs/index.html"), ("/old/", "/old/index.htm"), ("/both/", "/both/index.html"), ("/small/", "GZ"),
    ("/file", "file"), ("/file/", "in it"), ("/apart/routed", "routed"),
  ])
  func aFolderIsItsIndex(target: String, content: String) {
    let reply = client(Self.folders).ask("GET", target)
    #expect(reply?.status == 200)
    #expect(reply?.text == content)
  }

  @Test(arguments: [
    ("GET", "/plain"), ("GET", "/plain/"), ("POST", "/docs"), ("GET", "/docs/none"), ("GET", "//docs"),
    ("GET", "/docs//"),
    ("PUT", "/docs"), ("OPTIONS", "/docs"), ("GET", "/doc"),
  ])
  func nothingElseLeadsToAFolder(method: String, target: String) {
    #expect(client(Self.folders).ask(method, target)?.status == 404)
  }
}
