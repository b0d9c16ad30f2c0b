// SPDX-License-Identifier: MIT

// What is exactly at a limit is served; one more is an error that says which limit it was.

import ConformanceSupport
import DataFolder
import DeviceServer
import Foundation
import Testing

@Suite struct LimitTests {
  let folder = try! TemporaryFolder()
  var limits = DataFolder.Limits()

  @Test mutating func filesFoldersAndLinksCountButHiddenOnesDoNot() throws {
    limits.files = 4
    try folder.write("a", "")
    try folder.write("sub/b", "")
    try folder.link("link", to: "a")
    try folder.write(".hidden", "")
    #expect(try load().count == 2)
    try folder.write("sub/c", "")
    expect(.tooManyFiles(path: folder.path, limit: 4))
  }

  @Test mutating func allFilesInOneFolderCount() throws {
    limits.files = 3
    for name in ["a", "b", "c"] { try folder.write(name, "") }
    #expect(try load().count == 3)
    try folder.write("d", "")
    expect(.tooManyFiles(path: folder.path, limit: 3))
  }

  @Test mutating func depthIsBounded() throws {
    limits.depth = 2
    try folder.write("1/2/file", "")
    #expect(try load().count == 1)
    try folder.write("1/2/3/file", "")
    expect(.tooDeep(path: folder.path, limit: 2))
    limits.depth = 0
    expect(.tooDeep(path: folder.path, limit: 0))
  }

  @Test mutating func aFileIsBounded() throws {
    limits.fileSize = 100
    try folder.write("sub/file", [UInt8](repeating: 1, count: 100))
    #expect(try load().count == 1)
    try folder.write("sub/file", [UInt8](repeating: 1, count: 101))
    expect(.fileTooLarge(path: folder.path(of: "sub/file"), limit: 100))
  }

  @Test mutating func allFilesTogetherAreBounded() throws {
    limits.totalSize = 100
    try folder.write("a", [UInt8](repeating: 1, count: 60))
    try folder.write("a.gz", [UInt8](repeating: 1, count: 40))
    #expect(try load().count == 2)
    try folder.write("b", [1])
    expect(.folderTooLarge(path: folder.path, limit: 100))
  }

  @Test func aSparseFileOfATerabyteIsRefusedUnread() throws {
    try folder.write("sparse", "")
    try #require(truncate(folder.path(of: "sparse"), 1 << 40) == 0)
    expect(.fileTooLarge(path: folder.path(of: "sparse"), limit: 8_388_608))
  }

  @Test mutating func theLargestAndTheSmallestLimitsHold() throws {
    try folder.write("file", "content")
    (limits.files, limits.depth, limits.fileSize, limits.totalSize) = (.max, .max, .max, .max)
    #expect(try load().count == 1)
    limits.files = 0
    expect(.tooManyFiles(path: folder.path, limit: 0))
  }

  @Test func theDefaultsAreThoseOfTheManual() {
    #expect(limits.files == 1_000)
    #expect(limits.fileSize == 8 << 20)
    #expect(limits.totalSize == 64 << 20)
  }

  /// A limit that is passed between two loads is an error at the check, and its removal gives a table.
  @Test func aFolderThatOutgrowsItsLimitsRecovers() throws {
    var limits = limits
    limits.fileSize = 4
    try folder.write("file", "four")
    var data = DataFolder(path: folder.path, limits: limits)
    _ = try data.load()
    try folder.write("file", "fives")
    let error = DataFolderError.fileTooLarge(path: folder.path(of: "file"), limit: 4)
    for _ in 0..<2 { #expect(throws: error) { try data.loadIfChanged() } }
    try folder.write("file", "four")
    #expect(try data.loadIfChanged()?.text("/file") == "four")
  }

  private func load() throws -> AssetTable {
    var data = DataFolder(path: folder.path, limits: limits)
    return try data.load()
  }

  private func expect(_ error: DataFolderError, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: error, sourceLocation: sourceLocation) { try load() }
  }
}
