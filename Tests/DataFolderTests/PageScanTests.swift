// SPDX-License-Identifier: MIT

// What in a page the strict policy breaks. Conformance/browsers loads such pages into Chromium, which must report the
// same ones.

import Bytes
import ConformanceSupport
import Testing

@testable import DataFolder

@Suite struct PageScanTests {
  private func scan(_ page: String, _ path: String = "/page.html") -> PageScan { PageScan(bytes(path), bytes(page).span) }

  @Test(arguments: [
    ("<script>go()</script>", .script), ("<SCRIPT type=module>go()</SCRIPT>", .script),
    ("<script type='text/javascript'>go()</script>", .script), ("<script type=importmap>{}</script>", .script),
    ("<button onclick='go()'>", .handler), ("<body\n ONLOAD=go()>", .handler),
    ("<a href='javascript:go()'>", .scriptAddress), ("<a href=' java\nscript:go()'>", .scriptAddress),
    ("<style>a{}</style>", .style), ("<p style='color:red'>", .styleAttribute),
    ("<p/style=color:red>", .styleAttribute),
    ("<script src=https://cdn.example/a.js></script>", .foreign),
    ("<script src='//cdn.example/a.js'></script>", .foreign),
    ("<script src='\\\\cdn.example/a.js'></script>", .foreign),
    ("<script src='data:text/javascript,go()'></script>", .foreign),
    ("<link rel=\"preload stylesheet\" href=\"http://fonts.example/css\">", .foreign),
    ("<img src=https://elsewhere.example/a.png>", .foreign),
    ("<img srcset='a.png 1x, https://x.example/b.png 2x'>", .foreign),
    ("<video poster=//x.example/a.png>", .foreign), ("<form action=https://x.example/>", .foreign),
    ("<iframe src=/other.html>", .frame), ("<object data=a.swf>", .frame), ("<base href=/app/>", .base),
    ("<!-- a --><p><style></style>", .style), ("<!--><p style=a>", .styleAttribute),
    ("</p title='>'><p style=a>", .styleAttribute),
    ("<title><b></title><p style=a>", .styleAttribute), ("<p title='<' style=a>", .styleAttribute),
    ("<script>1</script", .script), ("<a/b='c'onclick=go()>", .handler), ("<p =style=b style=a>", .styleAttribute),
  ] as [(String, PageScan)])
  func isFound(_ page: String, _ finding: PageScan) {
    #expect(scan(page) == finding)
  }

  @Test(arguments: [
    "", "<", "<!", "<!--", "text", "<p", "<p style", "</", "<script src=/a.js></script>",
    "<script src=a.js>go()</script>",
    "<script></script>", "<script type=application/json>{}</script>",
    "<script type='text/x-template'><p style=a></script>",
    "<link rel=stylesheet href=a.css>", "<link rel=canonical href=https://x.example/>", "<a href=https://x.example/>",
    "<img src=a.png>", "<img src=data:image/png;base64,AA==>", "<a href=mailto:a@b>", "<p title='style=a'>",
    "<!-- <p style=a> -->",
    "<textarea><p style=a></textarea>", "<noscript><p style=a></noscript>",
    "<p data-style=a once=b on=c on-tap=d on:click=e>",
    "<p title=\"<script>go()</script>\">", "<? <p ?>", "<p title=javascript:go()>", "<img src=/a:b>",
    "<form action=/save>",
    "< p style=a>", "<style type=text/less>a</style>", "<p title=a onclick", "<!-- a --!><!---><p>",
  ])
  func isHarmless(_ page: String) {
    #expect(scan(page) == [])
  }

  @Test(arguments: [
    ("@import url(https://fonts.example/css);", true), ("@import 'https://x.example/a.css';", true),
    ("a{background:url( \"//x.example/a.png\" )}", true), ("a{background:URL(http://x.example/a)}", true),
    ("a{background:url(a.png)}", false), ("@import \"a.css\";", false),
    ("a{background:url(data:image/png;base64,AA)}", false),
    ("/* url(https://x.example/) */", false), ("/* url(https://x.example/)", false), ("", false),
    ("/**/a{b:url(https://x.example/)}", true),
  ])
  func aStyleSheetMayNameAnotherServer(_ sheet: String, _ isForeign: Bool) {
    #expect(scan(sheet, "/a.css") == (isForeign ? .foreign : []))
  }

  @Test func onlyPagesAndStyleSheetsAreSearched() {
    for name in ["/a.js", "/a.txt", "/html", "/a.js.gz", "/gz", "/.gz"] { #expect(scan("<p style=a>", name) == []) }
    for name in ["/a.HTML", "/b/c.htm", "/d.xhtml"] { #expect(scan("<p style=a>", name) == .styleAttribute) }
  }

  @Test func aDrawingMayHaveStylesButNoScript() {
    #expect(scan("<svg><path style='a:b'/><style>a{}</style></svg>", "/a.svg") == [])
    #expect(scan("<svg onload='go()'><script>go()</script></svg>", "/a.svg") == [.handler, .script])
  }

  @Test func whatIsCompressedMayHaveAnything() {
    for name in ["/index.html.gz", "/a.SVG.gz", "/a.css.GZ"] { #expect(scan("\u{1F}", name) == .unseen) }
    #expect(
      PageScan.unseen.line(for: bytes("/index.html")) == "/index.html (perhaps: it is there only compressed)")
  }

  @Test func theLineNamesTheFileAndWhat() {
    #expect(scan("<p style=a onclick=b>").line(for: bytes("/a\u{202E}.html")) == #"/a\u{202e}.html (inline handler, style attribute)"#)
    #expect(PageScan([]).line(for: bytes("/a")) == nil)
  }

  /// Whatever the bytes, it ends, and in time that grows with their number.
  @Test(.timeLimit(.minutes(1))) func anyBytesAreRead() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let pieces = ["<", ">", "/", "=", "'", "\"", "!", "-", "script", "style", " ", "on", "\u{0}", "ä", "javascript:", "</", "<!--"]
    for _ in 0..<2_000 {
      let page = (0..<40).map { _ in pieces.randomElement(using: &generator)! }.joined()
      _ = scan(page)
      _ = scan(page, "/a.css")
    }
    for piece in pieces { _ = scan(String(repeating: piece, count: 200_000)) }
    _ = scan(String(repeating: "<p a='", count: 100_000))
  }
}
