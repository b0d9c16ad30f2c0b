// SPDX-License-Identifier: MIT

// `NAME.gz` beside `NAME`. The members are those of the gzip module of Python (mtime 0, level 9), the checksums
// those of its zlib.

import Bytes
import ConformanceSupport
import DeviceServer
import Foundation
import Testing

@testable import DataFolder

@Suite struct CompressedFormTests {
  static let plain = String(repeating: "led.on();\n", count: 12)
  static let member = bytes(
    hex: "1f8b0800000000000203cb494dd1cbcfd3d0b4e6caa12b0b001167eb3f78000000")

  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("index.js", Self.plain)
    try folder.setModified("index.js", 1_000_000_000, nanoseconds: 500)
  }

  @Test(arguments: [(1_000_000_000, 500), (1_000_000_000, 501), (1_000_000_001, 0)])
  func aMemberAsNewAsItsFileIsItsCompressedForm(_ seconds: Int, _ nanoseconds: Int) throws {
    try write("index.js.gz", Self.member, seconds, nanoseconds)
    let table = try loaded()
    #expect(table.count == 1)
    #expect(table["/index.js"]?.gzipped == SharedBytes(Self.member))
    #expect(table.text("/index.js") == Self.plain)
    #expect(table["/index.js"].map { text($0.entityTag) } == "215914a8043a1813")
    #expect(table["/index.js.gz"] == nil)
  }

  @Test(arguments: [(1_000_000_000, 499), (999_999_999, 999_999_999)])
  func anOlderMemberIsAFileOfItsOwn(_ seconds: Int, _ nanoseconds: Int) throws {
    try write("index.js.gz", Self.member, seconds, nanoseconds)
    try expectUnpaired(Self.member)
  }

  @Test(arguments: [
    [], bytes("not compressed"), Array(member.dropLast()), member + [0], Array(member.dropFirst()),
    bytes(hex: "1f8b080000000000020303000000000000000000"),  // of nothing
    bytes(hex: "1f8b080000000000020333343236313533b7b004002639f4cb09000000"),  // of 123456789
  ])
  func whatIsNoMemberOfThisContentIsAFileOfItsOwn(_ content: [UInt8]) throws {
    try write("index.js.gz", content, 2_000_000_000)
    try expectUnpaired(content)
  }

  /// An edit that keeps the size, under a compressed form that is newer all the same.
  @Test func aMemberOfFormerContentIsNotUsed() throws {
    try folder.write("index.js", Self.plain.replacingOccurrences(of: "on", with: "no"))
    try write("index.js.gz", Self.member, 2_000_000_000)
    #expect(try loaded()["/index.js"]?.gzipped == nil)
  }

  @Test func anEditOfTheFileDropsItsCompressedForm() throws {
    try write("index.js.gz", Self.member, 1_000_000_001)
    var data = DataFolder(path: folder.path)
    _ = try data.load()
    try folder.write("index.js", "led.off();")
    let table = try #require(try data.loadIfChanged())
    #expect(table["/index.js"]?.gzipped == nil)
    #expect(table["/index.js.gz"] != nil)
  }

  @Test func aTouchThatMakesTheMemberTooOldIsAChange() throws {
    try write("index.js.gz", Self.member, 1_000_000_001)
    var data = DataFolder(path: folder.path)
    _ = try data.load()
    try folder.setModified("index.js", 1_000_000_002)
    #expect(try data.loadIfChanged()?.count == 2)
  }

  /// What only its compressed form has is not looked into; beside the file itself, or as a file of its own, it needs not be.
  @Test func aPageThatIsThereOnlyCompressedIsNamedAmongThoseThatThePolicyMayBreak() throws {
    let pages = try TemporaryFolder()
    try pages.write("index.html.gz", Self.member)
    try pages.write("a.html", Self.plain)
    try pages.write("a.html.gz", Self.member)
    try pages.write("b.html", "<p style=a>")
    try pages.write("b.html.gz", Self.member)
    var data = DataFolder(path: pages.path)
    _ = try data.load()
    #expect(
      data.foreignPages.sorted() == ["/b.html (style attribute)", "/index.html (perhaps: it is there only compressed)"])
  }

  @Test func aMemberWithoutItsFileIsAFile() throws {
    try folder.write("lonely.js.gz", Self.member)
    try folder.write("sub/index.js.gz", Self.member)
    let table = try loaded()
    #expect(table["/lonely.js.gz"]?.bytes == SharedBytes(Self.member))
    #expect(table["/lonely.js"]?.bytes == nil)
    #expect(table["/lonely.js"]?.gzipped == SharedBytes(Self.member))
    #expect(table["/lonely.js"].map { $0.contentType.starts(with: "text/javascript") } == true)
    #expect(table["/sub/index.js.gz"]?.bytes == SharedBytes(Self.member))
    #expect(table["/index.js"]?.gzipped == nil)
  }

  @Test func theTemplateHasNoCompressedForm() throws {
    try folder.write("index.html", Self.plain)
    try write("index.html.gz", Self.member, 2_000_000_000)
    let table = try loaded()
    #expect(table["/index.html"]?.gzipped == nil)
    #expect(table["/index.html.gz"] == nil)
  }

  /// As people upload it to a board with little flash.
  @Test func aFolderWhoseIndexIsThereCompressedOnlyHasAnIndex() throws {
    try folder.write("docs/index.html.gz", Self.member)
    try folder.write("index.html.gz", Self.member)
    try folder.write("old/index.htm.gz", Self.member)
    let table = try loaded()
    for path in ["/docs/", "/", "/old/"] {
      #expect(table[path]?.gzipped == SharedBytes(Self.member))
      #expect(table[path]?.isTemplate == false)
      #expect(table[path].map { $0.contentType.starts(with: "text/html") } == true)
      #expect(table[path]?.entityTag.isEmpty == false)
    }
  }

  @Test(arguments: [bytes("not compressed"), [], Array(member.prefix(17))])
  func whatOnlyHasTheNameOfACompressedFormIsNone(_ content: [UInt8]) throws {
    try folder.write("docs/index.html.gz", content)
    let table = try loaded()
    #expect(table["/docs/"] == nil)
    #expect(table["/docs/index.html.gz"]?.bytes == SharedBytes(content))
  }

  /// The first is the check value of the CRC catalogue.
  private func expectUnpaired(_ content: [UInt8]) throws {
    let table = try loaded()
    #expect(table.count == 2)
    #expect(table["/index.js"]?.gzipped == nil)
    #expect(table["/index.js.gz"]?.bytes == SharedBytes(content))
  }

  private func write(_ name: String, _ content: [UInt8], _ seconds: Int, _ nanoseconds: Int = 0) throws {
    try folder.write(name, content)
    try folder.setModified(name, seconds, nanoseconds: nanoseconds)
  }

  private func loaded() throws -> AssetTable {
    var data = DataFolder(path: folder.path)
    return try data.load()
  }
}
