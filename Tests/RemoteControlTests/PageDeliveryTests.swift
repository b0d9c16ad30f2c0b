// SPDX-License-Identifier: MIT

// How the page reaches a browser: the document through the template processor at every request, so that the first
// paint shows the true state; all else as files that a browser may keep.

import ConformanceSupport
import Parts
import RemoteControlPage
import Testing

@Suite struct PageDeliveryTests {
  @Test(arguments: ["/", "/index.html"])
  func theDocumentShowsTheTrueState(_ target: String) throws {
    let bench = Bench()
    let dark = try #require(bench.ask("GET", target)).text
    #expect(dark.contains(#"class="off"></div>"#))
    #expect(dark.contains(#"aria-checked="false""#))
    #expect(dark.contains("<i>off</i>"))
    #expect(dark.contains("<i>released</i>"))
    bench.press()
    let lit = try #require(bench.ask("GET", target)).text
    #expect(lit.contains(#"class="on"></div>"#))
    #expect(lit.contains(#"aria-checked="true""#))
    #expect(lit.contains("<i>on</i>"))
    #expect(lit.contains("<i>pressed</i>"))
  }

  @Test func theDocumentHasARowForEachPart() throws {
    let page = try #require(Bench(.kitchen()).ask("GET", "/")).text
    let rows = page.matches(of: #/<li data-part="([a-z]+)"/#).map { String($0.1) }
    #expect(
      rows == ["lamp", "desk", "strip", "wash", "wall", "bell", "door", "celsius", "target", "up", "down"],
      "a group stands where its first part does")
  }

  /// A browser without JavaScript, behind a proxy or not: the form's address and the answer's are both relative.
  @Test func everyFormOfTheDocumentWorksWithoutAScript() throws {
    let bench = Bench(.kitchen())
    let page = try #require(bench.ask("GET", "/")).text
    let actions = page.matches(of: #/<form method="post" action="([^"]*)"/#).map { String($0.1) }
    #expect(actions.count == 7, "six switches and lights, and a button that may be pressed")
    for action in actions {
      #expect(!action.hasPrefix("/"))
      let fields = ["Content-Type: application/x-www-form-urlencoded", "Origin: http://192.168.1.32"]
      let reply = try #require(bench.ask("POST", "/\(action)", fields, body: ""))
      #expect(reply.status == 303)
      #expect(reply["location"] == "../../../")
    }
    #expect(bench.part("desk").isOn == true)
  }

  @Test func theDocumentHasTheSameBytesUnderBothNames() throws {
    let bench = Bench()
    #expect(bench.ask("GET", "/") == bench.ask("GET", "/index.html"))
  }

  @Test func theDocumentIsNeverKept() throws {
    let bench = Bench()
    let reply = try #require(bench.ask("GET", "/", ["Accept-Encoding: gzip", "If-None-Match: \"any\""]))
    #expect(reply.status == 200)
    #expect(reply["content-type"] == "text/html; charset=utf-8")
    #expect(reply["cache-control"] == "no-store")
    #expect(reply["etag"] == nil)
    #expect(reply["content-encoding"] == nil)
    #expect(reply["content-security-policy"]?.contains("connect-src 'self' ws://192.168.1.32") == true)
    let head = try #require(bench.ask("HEAD", "/"))
    #expect(head.fields.map(\.name) == reply.fields.map(\.name))
    #expect(head["content-length"] == "\(reply.body.count)")
  }

  @Test func theDocumentAdmitsItsOwnFilesOnlyAndNoFrameAroundIt() throws {
    // Content Security Policy level 3, section 6: without a directive of its own a kind of load falls to default-src.
    let reply = try #require(Bench().ask("GET", "/"))
    let policy = try #require(reply["content-security-policy"])
    let directives = policy.split(separator: ";").map { $0.drop { $0 == " " } }
    #expect(directives.contains("default-src 'none'"))
    #expect(directives.contains("script-src 'self'"))
    #expect(directives.contains("style-src 'self'"))
    #expect(directives.contains("form-action 'self'"))
    #expect(directives.contains("base-uri 'none'"))
    #expect(directives.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe") && !policy.contains("*"))
  }

  @Test func noOtherSitesScriptMayReadAnAnswer() throws {
    // Fetch, section 3.3: without these fields a browser keeps an answer from the page that asked.
    let bench = Bench()
    for target in ["/", "/index.js", "/api/state", "/nothing"] {
      for method in ["GET", "OPTIONS"] {
        let fields = ["Origin: http://elsewhere.example", "Access-Control-Request-Method: PUT"]
        let reply = try #require(bench.ask(method, target, fields))
        #expect(!reply.fields.contains { $0.name.lowercased().hasPrefix("access-control") }, "\(method) \(target)")
      }
    }
  }

  @Test func aNameCannotBreakTheDocument() throws {
    let bench = Bench(name: #"<script>alert("Tom's & %STATE%")</script>"#)
    let page = try #require(bench.ask("GET", "/")).text
    let escaped = "&lt;script&gt;alert(&quot;Tom&#39;s &amp; %STATE%&quot;)&lt;/script&gt;"
    #expect(page.contains("<title>\(escaped)</title>"))
    #expect(!page.contains("<script>alert"))
  }

  @Test func noNameIsLeftInTheDocument() throws {
    let page = try #require(Bench().ask("GET", "/")).text
    #expect(page.firstMatch(of: #/%[A-Z_]+%/#) == nil)
  }

  @Test(arguments: RemoteControlPage.files.map { "\($0.path)" })
  func aFileIsSentOnceAndThenConfirmed(_ path: String) throws {
    let bench = Bench()
    let file = try #require(RemoteControlPage.files.first { "\($0.path)" == path })
    let plain = try #require(bench.ask("GET", path))
    #expect(plain.status == 200)
    #expect(plain.body == file.bytes)
    #expect(plain["content-encoding"] == nil)
    let tag = try #require(plain["etag"])
    // RFC 9110 section 8.8.3: a quotation mark, no quotation mark within, a quotation mark.
    #expect(tag.wholeMatch(of: #/"[!#-~]+"/#) != nil, "\(tag)")
    #expect(tag == "\"\(file.entityTag)\"")

    let again = try #require(bench.ask("GET", path, ["If-None-Match: \(tag)"]))
    #expect(again.status == 304 && again.body.isEmpty)
    #expect(again["etag"] == tag)

    guard let gzipped = file.gzipped else { return }
    let zipped = try #require(bench.ask("GET", path, ["Accept-Encoding: gzip"]))
    #expect(zipped["content-encoding"] == "gzip")
    #expect(zipped["vary"] == "Accept-Encoding")
    #expect(zipped.body.prefix(3) == [0x1F, 0x8B, 8])  // RFC 1952 section 2.3.1
    #expect(zipped.body == gzipped && zipped.body.count < file.bytes.count)
    #expect(zipped["content-type"] == plain["content-type"])
    let zippedTag = try #require(zipped["etag"])
    #expect(zippedTag != tag)
    #expect(bench.ask("GET", path, ["Accept-Encoding: gzip", "If-None-Match: \(zippedTag)"])?.status == 304)
  }

  @Test(arguments: [
    ("/index.css", "text/css; charset=utf-8"), ("/index.js", "text/javascript; charset=utf-8"),
    ("/favicon.svg", "image/svg+xml"), ("/manifest.webmanifest", "application/manifest+json"),
    ("/words/de.json", "application/json"),
  ])
  func filesHaveTheirTypes(_ path: String, _ type: String) {
    let reply = Bench().ask("GET", path)
    #expect(reply?["content-type"] == type)
    #expect(reply?["x-content-type-options"] == "nosniff")
  }

  @Test func allThatThePageAsksForIsThere() throws {
    let bench = Bench()
    let page = try #require(bench.ask("GET", "/")).text
    let links = page.matches(of: #/(?:href|src)="?([^" >]+)/#).map { String($0.1) }
    #expect(links.contains("index.js") && links.contains("index.css"), "relative, so that a prefix does no harm")
    for link in links { #expect(bench.ask("GET", "/\(link)")?.status == 200, "\(link)") }
  }
}
