// SPDX-License-Identifier: MIT

// What of a folder is served, and as what.

import Bytes
import ConformanceSupport
import DataFolder
import DeviceServer
import Foundation
import Testing

@Suite struct ContentTests {
  let folder = try! TemporaryFolder()

  @Test func filesAreServedUnderTheirPaths() throws {
    try folder.write("index.css", "a{}")
    try folder.write("deep/er/notes.txt", "deep")
    try folder.write("empty", "")
    let table = try loaded()
    #expect(table.count == 3)
    #expect(table.text("/index.css") == "a{}")
    #expect(table.text("/deep/er/notes.txt") == "deep")
    #expect(table.text("/empty") == "")
    #expect(table["/deep"] == nil)
    #expect(table["index.css"] == nil)
    #expect(table["/index.css"].map { $0.contentType.starts(with: "text/css") } == true)
  }

  @Test func anEmptyFolderIsAnEmptyTable() throws {
    #expect(try loaded().count == 0)
  }

  @Test func theIndexAtTheRootIsTheTemplate() throws {
    try folder.write("index.html", "<p>%STATE%")
    try folder.write("sub/index.html", "<p>100%")
    try folder.write("index.htm", "plain")
    let table = try loaded()
    #expect(table["/"]?.path == bytes("/index.html"))
    #expect(table["/index.html"]?.isTemplate == true)
    #expect(table["/index.html"]?.entityTag == [])
    #expect(table["/sub/"]?.isTemplate == false)
    #expect(table["/index.htm"]?.isTemplate == false)
  }

  @Test func anIndexOfTheOlderNameIsOneWhereThereIsNoOther() throws {
    try folder.write("index.htm", "<p>%STATE%")
    try folder.write("sub/index.htm", "sub")
    let table = try loaded()
    #expect(table["/"]?.path == bytes("/index.htm"))
    #expect(table["/"]?.isTemplate == true)
    #expect(table.text("/sub/") == "sub")
    try folder.write("sub/index.html", "other")
    #expect(try loaded().text("/sub/") == "other")
  }

  @Test(arguments: [
    "index.html~", "a.js.swp", "a.js.swo", "a.js.swn", "#a.js#", ".#a.js", ".a.js.swp", "a.js.bak", "a.js___jb_tmp___",
    "a.js___jb_old___", "sub/#b#", "sub~/b",
  ])
  func whatEditorsLeaveBehindIsNotServed(_ name: String) throws {
    try folder.write(name, "former")
    try folder.write("index.html", "served")
    var data = DataFolder(path: folder.path)
    #expect(try data.load().count == 1)
    #expect(data.skipped == [])
  }

  @Test(arguments: ["a~b", "swp", "a.swp.js", "#a", "a#", "bak", "bak.js", "a.backup"])
  func namesThatOnlyResembleThoseAreServed(_ name: String) throws {
    try folder.write(name, "served")
    #expect(try loaded().text("/" + name) == "served")
  }

  /// The digests are sha1sum's.
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d"), ("123456789", "f7c3bc1d808e0473"),
    ("The quick brown fox jumps over the lazy dog", "2fd4e1c67a2d28fc"),
  ])
  func theEntityTagIsHalfTheDigestOfTheContent(_ content: String, _ tag: String) throws {
    try folder.write("file", content)
    try folder.write("copy.css", content)
    let table = try loaded()
    #expect(table["/file"].map { text($0.entityTag) } == tag)
    #expect(table["/copy.css"].map { text($0.entityTag) } == tag)
  }

  @Test func hiddenNamesAreLeftOutSilently() throws {
    try folder.write(".htpasswd", "secret")
    try folder.write(".git/config", "secret")
    try folder.write("sub/.env", "secret")
    try folder.write("..data", "secret")
    try folder.write("a..b", "seen")
    var data = DataFolder(path: folder.path)
    let table = try data.load()
    #expect(table.count == 1)
    #expect(table.text("/a..b") == "seen")
    #expect(data.skipped == [])
  }

  @Test func namesAreBytes() throws {
    #if os(Linux)  // other systems change names to UTF-8 of their own form
      let name: [UInt8] = [0x66, 0xFF, 0xFE, 0x20, 0x25, 0x32, 0x46]
      let path = bytes(folder.path + "/") + name + [0]
      let descriptor = path.withUnsafeBytes { path in
        open(path.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o600)
      }
      try #require(descriptor >= 0)
      close(descriptor)
      #expect(try loaded().asset(at: (bytes("/") + name).span) != nil)
    #endif
    try folder.write("Größe 1%.txt", "ß")
    #expect(try loaded().text("/Größe 1%.txt") == "ß")
  }

  @Test func everyByteOfALargeFileIsThere() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let content = (0..<300_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try folder.write("large.bin", content)
    #expect(try loaded()["/large.bin"]?.bytes == SharedBytes(content), "seed \(generator.seed)")
  }

  private func loaded() throws -> AssetTable {
    var data = DataFolder(path: folder.path)
    return try data.load()
  }
}
