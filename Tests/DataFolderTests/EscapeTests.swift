// SPDX-License-Identifier: MIT

// Nothing outside the folder is served, and nothing in it keeps the program waiting. A secret lies in a file
// beside the folder; each test tries another way to it.

import ConformanceSupport
import DeviceServer
import Foundation
import SystemCalls
import Testing

@testable import DataFolder

@Suite(.timeLimit(.minutes(1))) struct EscapeTests {
  static let secret = "not for you"

  let around: TemporaryFolder
  var data: DataFolder

  init() throws {
    around = try TemporaryFolder()
    try around.write("secret", Self.secret)
    try around.write("data/seen", "seen")
    data = DataFolder(path: around.path(of: "data"))
  }

  @Test(arguments: [
    "/etc/passwd", "../secret", "seen", "/", "..", ".", "../data", "nowhere", "/dev/zero", "link",
  ])
  mutating func aLinkIsListedAndNotFollowed(_ target: String) throws {
    try around.link("data/link", to: target)
    let table = try data.load()
    #expect(table.count == 1)
    #expect(table["/link"] == nil)
    #expect(data.skipped == ["/link: symbolic link"])
  }

  @Test mutating func aLinkInAFolderIsNotFollowedEither() throws {
    try around.write("data/sub/own", "own")
    try around.link("data/sub/up", to: "../..")
    try around.link("data/index.html", to: "../secret")
    let table = try data.load()
    #expect(table.count == 2)
    #expect(table["/sub/up/secret"] == nil)
    #expect(table["/"] == nil)
    #expect(data.skipped == ["/index.html: symbolic link", "/sub/up: symbolic link"])
  }

  @Test mutating func aCompressedFormIsNotTakenThroughALink() throws {
    try around.link("data/seen.gz", to: "../secret")
    #expect(try data.load()["/seen"]?.gzipped == nil)
    #expect(data.skipped == ["/seen.gz: symbolic link"])
  }

  @Test(arguments: [
    "/../secret", "/./seen", "//seen", "/../data/seen", "/%2e%2e/secret", "/..", "..", "/seen/", "/seen\0",
    "",
  ])
  mutating func noOtherSpellingNamesAnything(_ path: String) throws {
    #expect(try data.load()[path] == nil)
  }

  @Test mutating func theFolderItselfMayBeReachedThroughALink() throws {
    try around.link("current", to: "data")
    data = DataFolder(path: around.path(of: "current"))
    #expect(try data.load().text("/seen") == "seen")
  }

  @Test mutating func specialFilesAreListedAndNotOpened() throws {
    try #require(mkfifo(around.path(of: "data/fifo"), 0o600) == 0)
    let socket = try listener(at: around.path(of: "data/socket"))
    defer { close(socket) }
    #expect(try data.load().count == 1)
    #expect(data.skipped == ["/fifo: not a regular file", "/socket: not a regular file"])
  }

  @Test func evenAFIFOThatIsOpenedDoesNotBlock() throws {
    try #require(mkfifo(around.path(of: "data/fifo"), 0o600) == 0)
    let root = try Descriptor.root(data.path)
    let fifo = try root.file("fifo".utf8CString.map { $0 })
    #expect(try fifo.status().kind == .special)
  }

  @Test(arguments: ["../secret", "."])
  func aDescriptorOpensNoLink(_ target: String) throws {
    try around.link("data/link", to: target)
    let root = try Descriptor.root(data.path)
    #expect(throws: SystemError.link) { _ = try root.file("link".utf8CString.map { $0 }) }
    #expect(throws: SystemError.self) { _ = try root.folder("link".utf8CString.map { $0 }) }
  }

  /// Whoever may write to the folder swaps names between the calls of a walk.
  @Test mutating func namesThatTurnIntoSomethingElseLeadNowhere() async throws {
    try around.write("outside/file", Self.secret)
    try around.write("data/sub/file", "seen")
    let swapper = Task.detached { [around] in
      while !Task.isCancelled { try Self.swapNames(in: around) }
    }
    defer { swapper.cancel() }
    for _ in 0..<4_000 {
      let table = try data.load()
      #expect(["seen", nil].contains(table.text("/seen")))
      #expect(["seen", nil].contains(table.text("/sub/file")))
    }
    swapper.cancel()
    try await swapper.value
  }

  /// Turns `data/seen` into a link and a FIFO, and `data/sub` into a link, and both back.
  private static func swapNames(in folder: TemporaryFolder) throws {
    try folder.link("new", to: "../secret")
    try folder.rename("new", to: "data/seen")
    try folder.rename("data/sub", to: "aside")
    try folder.link("data/sub", to: "../outside")
    try folder.write("new", "seen")
    try folder.rename("new", to: "data/seen")
    try folder.remove("data/sub")
    try folder.rename("aside", to: "data/sub")
    try #require(mkfifo(folder.path(of: "new"), 0o600) == 0)
    try folder.rename("new", to: "data/seen")
    try folder.write("new", "seen")
    try folder.rename("new", to: "data/seen")
  }

  @Test mutating func aNameCannotBreakALogLine() throws {
    try around.link("data/a\nb\u{1B}[2J", to: "x")
    _ = try data.load()
    #expect(data.skipped == [#"/a\u{a}b\u{1b}[2J: symbolic link"#])
  }

  @Test(arguments: ["seen", "sub"])
  mutating func whatMayNotBeReadIsListed(_ name: String) throws {
    try around.write("data/sub/file", "file")
    try around.write("data/other", "other")
    var data = data
    let table = try around.withRights(0, to: "data/\(name)") { try data.load() }
    #expect(table.count == 2)
    #expect(table.text("/other") == "other")
    #expect(data.skipped == ["/\(name): Permission denied"])
    #expect(try data.loadIfChanged()?.count == 3)
    #expect(data.skipped == [])
  }

  private func listener(at path: String) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    #if os(Linux)
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    try #require(bound == 0)
    return descriptor
  }
}
