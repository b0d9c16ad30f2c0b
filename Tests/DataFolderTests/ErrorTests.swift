// SPDX-License-Identifier: MIT

// Each way in which a folder cannot be opened, and the line that says so.

import ConformanceSupport
import DataFolder
import Foundation
import Testing

@Suite struct ErrorTests {
  let folder = try! TemporaryFolder()

  @Test func aMissingFolder() {
    let path = folder.path(of: "none")
    expect(.noSuchFolder(path: path), at: path, "cannot open the folder \(path): No such file or directory")
  }

  @Test func noPathAtAll() {
    expect(.noSuchFolder(path: ""), at: "", "cannot open the folder : No such file or directory")
  }

  @Test(arguments: ["file", "file/sub"])
  func aFile(_ name: String) throws {
    try folder.write("file", "")
    let path = folder.path(of: name)
    expect(.notAFolder(path: path), at: path, "cannot open the folder \(path): Not a directory")
  }

  @Test(.timeLimit(.minutes(1))) func aFIFO() throws {
    let path = folder.path(of: "fifo")
    try #require(mkfifo(path, 0o600) == 0)
    expect(.notAFolder(path: path), at: path, "cannot open the folder \(path): Not a directory")
  }

  @Test func aForbiddenFolder() throws {
    try folder.write("closed/file", "")
    let path = folder.path(of: "closed")
    try folder.withRights(0, to: "closed") {
      expect(.permissionDenied(path: path), at: path, "cannot open the folder \(path): Permission denied")
    }
  }

  @Test func aLoopOfLinks() throws {
    try folder.link("loop", to: "loop")
    let path = folder.path(of: "loop")
    let words = String(cString: strerror(ELOOP))
    expect(.system(path: path, code: ELOOP), at: path, "cannot read \(path): \(words)")
  }

  @Test(arguments: [
    (.tooManyFiles(path: "/d", limit: 4), "more than 4 files in the folder /d"),
    (.tooDeep(path: "/d", limit: 2), "the folder /d is more than 2 folders deep"),
    (.fileTooLarge(path: "/d/f", limit: 9), "the file /d/f is larger than 9 bytes"),
    (.folderTooLarge(path: "/d", limit: 9), "more than 9 bytes in the folder /d"),
  ] as [(DataFolderError, String)])
  func aLimitIsNamed(_ error: DataFolderError, _ line: String) {
    #expect(error.description == line)
  }

  private func expect(
    _ error: DataFolderError, at path: String, _ line: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(error.description == line, sourceLocation: sourceLocation)
    #expect(throws: error, sourceLocation: sourceLocation) {
      var data = DataFolder(path: path)
      _ = try data.load()
    }
  }
}
