// SPDX-License-Identifier: MIT

// What is stored is what is loaded, in the form that the manual shows; and what stands in the way of either.

import ConformanceSupport
import Foundation
import StateFile
import SystemCalls
import Testing

@Suite struct StoreTests {
  let folder = try! TemporaryFolder()

  @Test func aMissingFileIsNoState() throws {
    #expect(try folder.file.load() == nil)
    #expect(try StateFile(path: folder.path(of: "no/such/folder/state")).load() == nil)
    #expect(try folder.names == [])
  }

  @Test(arguments: [(true, Whole.on), (false, Whole.off)])
  func theFormIsThatOfTheManual(isOn: Bool, content: [UInt8]) throws {
    try folder.file.store(SavedState(isLedOn: isOn))
    #expect(folder.content(of: "state") == content)
    try folder.write("state", content)
    #expect(try folder.file.load() == SavedState(isLedOn: isOn))
  }

  @Test func theLastStoreIsLoadedAndNothingElseIsLeft() throws {
    for isOn in [true, false, false, true, true, false] {
      try folder.file.store(SavedState(isLedOn: isOn))
      #expect(try folder.file.load() == SavedState(isLedOn: isOn))
      #expect(try folder.names == ["state"])
    }
  }

  @Test(arguments: ["a/state", "a/b/c/state", "a//b///state", "./a/../a/b/state"])
  func missingFoldersAreMadeForTheirOwnerToWrite(_ name: String) throws {
    let file = StateFile(path: folder.path(of: name))
    try file.store(SavedState(isLedOn: true))
    #expect(try file.load() == SavedState(isLedOn: true))
    var status = stat()
    try #require(stat(folder.path(of: "a"), &status) == 0)
    #expect(status.st_mode & 0o722 == 0o700)
  }

  @Test(arguments: [Whole.on.dropLast(7), [], bytes("what a crash left"), Whole.off + Whole.off])
  func aLeftoverTemporaryIsReplaced(_ content: [UInt8]) throws {
    try folder.write("state", Whole.on)
    try folder.write("state.new", content)
    #expect(try folder.file.load() == SavedState(isLedOn: true))
    try folder.file.store(SavedState(isLedOn: false))
    #expect(folder.content(of: "state") == Whole.off)
    #expect(try folder.names == ["state"])
  }

  /// Through a link, a write would go to wherever somebody wants it.
  @Test func aTemporaryThatIsALinkIsNotFollowed() throws {
    try folder.write("other", "precious")
    try #require(symlink("other", folder.path(of: "state.new")) == 0)
    try folder.file.store(SavedState(isLedOn: true))
    #expect(folder.content(of: "other") == bytes("precious"))
    #expect(try folder.names == ["other", "state"])
  }

  @Test(arguments: [nil, Whole.on])
  func aReadOnlyFolderIsAnErrorThatLeavesWhatThereIs(_ content: [UInt8]?) throws {
    try FileManager.default.createDirectory(atPath: folder.path(of: "sub"), withIntermediateDirectories: false)
    if let content { try folder.write("sub/state", content) }
    for name in ["sub/state", "sub/deeper/state"] {
      let file = StateFile(path: folder.path(of: name))
      try folder.withRights(0o555, to: "sub") {
        let error = StateFileError.unwritable(path: file.path, .accessDenied)
        #expect(error.description == "cannot write \(file.path): Permission denied")
        #expect(throws: error) { try file.store(SavedState(isLedOn: false)) }
      }
    }
    #expect(folder.content(of: "sub/state") == content)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(of: "sub"))
    #expect(names == (content == nil ? [] : ["state"]))
  }

  /// A file that may not be read could be anybody's, so it is not replaced either.
  @Test func anUnreadableFileIsAnErrorAndStays() throws {
    try folder.write("state", Whole.on)
    let file = folder.file
    try folder.withRights(0, to: "state") {
      let error = StateFileError.unreadable(path: file.path, .accessDenied)
      #expect(error.description == "cannot read \(file.path): Permission denied")
      #expect(throws: error) { try file.load() }
      #expect(throws: error) { try file.store(SavedState(isLedOn: false)) }
    }
    #expect(folder.content(of: "state") == Whole.on)
  }

  @Test func aFileOnTheWayIsAnError() throws {
    try folder.write("file", "")
    let file = StateFile(path: folder.path(of: "file/state"))
    let error = StateFileError.unreadable(path: file.path, .notAFolder)
    #expect(error.description == "cannot read \(file.path): Not a directory")
    #expect(throws: error) { try file.load() }
    #expect(throws: error) { try file.store(SavedState(isLedOn: false)) }
  }

  @Test func aPathWithoutANameIsAnError() throws {
    for (path, code) in [("", ENOENT), (folder.path(of: "missing/"), EISDIR), (folder.path(of: "a/b//"), EISDIR)] {
      let file = StateFile(path: path)
      #expect(throws: StateFileError.unwritable(path: path, SystemError(code: code))) {
        try file.store(SavedState(isLedOn: false))
      }
    }
    #expect(try folder.names == [])
  }
}
