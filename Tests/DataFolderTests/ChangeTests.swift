// SPDX-License-Identifier: MIT

// A change is seen at the next check, and nothing else is.

import ConformanceSupport
import DeviceServer
import Foundation
import Testing

@testable import DataFolder

@Suite struct ChangeTests {
  let around: TemporaryFolder
  var data: DataFolder

  init() throws {
    around = try TemporaryFolder()
    try around.write("data/index.css", "a{}")
    try around.write("data/sub/file", "file")
    data = DataFolder(path: around.path(of: "data"))
    _ = try data.load()
  }

  @Test mutating func withoutAChangeThereIsNoTable() throws {
    for _ in 0..<3 { #expect(try data.loadIfChanged() == nil) }
  }

  @Test mutating func theFirstCheckIsALoad() throws {
    data = DataFolder(path: data.path)
    #expect(try data.loadIfChanged()?.count == 2)
    #expect(try data.loadIfChanged() == nil)
  }

  @Test mutating func anEditOfTheSameSizeIsSeen() throws {
    for content in ["b{}", "c{}", "d{}", "e{}"] {
      try around.write("data/index.css", content)
      #expect(try data.loadIfChanged()?.text("/index.css") == content)
      #expect(try data.loadIfChanged() == nil)
    }
  }

  @Test mutating func anEditThatKeepsTheTimeOfWritingIsSeen() throws {
    try around.setModified("data/index.css", 1_000_000_000)
    #expect(try data.loadIfChanged() == nil)
    try around.write("data/index.css", "b{}")
    try around.setModified("data/index.css", 1_000_000_000)
    #expect(try data.loadIfChanged()?.text("/index.css") == "b{}")
  }

  @Test mutating func newMovedAndRemovedFilesAreSeen() throws {
    try around.write("data/new", "new")
    #expect(try data.loadIfChanged()?.count == 3)
    try around.rename("data/new", to: "data/sub/moved")
    let moved = try #require(try data.loadIfChanged())
    #expect(moved.text("/sub/moved") == "new")
    #expect(moved["/new"] == nil)
    try around.remove("data/sub")
    #expect(try data.loadIfChanged()?.count == 1)
    #expect(try data.loadIfChanged() == nil)
  }

  @Test mutating func aFileRenamedIntoPlaceIsSeen() throws {
    try around.write("data/.index.css.swap", "b{}")
    #expect(try data.loadIfChanged() == nil)
    try around.rename("data/.index.css.swap", to: "data/index.css")
    #expect(try data.loadIfChanged()?.text("/index.css") == "b{}")
  }

  @Test mutating func aFolderThatIsExchangedIsSeen() throws {
    try around.write("next/index.css", "next")
    try around.rename("data", to: "previous")
    try around.rename("next", to: "data")
    #expect(try data.loadIfChanged()?.text("/index.css") == "next")
  }

  @Test mutating func newTimesAloneAreNoChange() throws {
    try around.setModified("data/index.css", 1_700_000_000)
    try around.write("data/sub/.hidden", "hidden")
    #expect(try data.loadIfChanged() == nil)
  }

  @Test mutating func aNewLinkChangesNothingButIsListed() throws {
    try around.link("data/link", to: "index.css")
    #expect(try data.loadIfChanged() == nil)
    #expect(data.skipped == ["/link: symbolic link"])
  }

  @Test mutating func aTableStaysAsItWasWhenItsFilesChange() throws {
    let before = try data.load()
    try around.write("data/index.css", "b{}")
    _ = try data.loadIfChanged()
    #expect(before.text("/index.css") == "a{}")
  }

  /// Also of a file that was rewritten while it was read.
  @Test mutating func afterManyEditsTheLastOneIsServed() async throws {
    let contents = (100..<300).map { String(repeating: "\($0)", count: 200) }
    let writer = Task.detached { [around] in
      for content in contents { try around.write("data/index.css", content) }
    }
    var table = try data.load()
    for _ in contents { table = try data.loadIfChanged() ?? table }
    try await writer.value
    table = try data.loadIfChanged() ?? table
    #expect(table.text("/index.css") == contents.last)
  }

  @Test mutating func aFolderThatGoesIsAnErrorUntilItComesBack() throws {
    let missing = DataFolderError.noSuchFolder(path: data.path)
    try around.rename("data", to: "aside")
    for _ in 0..<2 { #expect(throws: missing) { try data.loadIfChanged() } }
    try around.rename("aside", to: "data")
    #expect(try data.loadIfChanged()?.count == 2)  // the same files, yet a table
    #expect(try data.loadIfChanged() == nil)
  }

  @Test mutating func aFolderThatIsMissingAtFirstIsServedWhenItAppears() throws {
    data = DataFolder(path: around.path(of: "later"))
    #expect(throws: DataFolderError.noSuchFolder(path: data.path)) { try data.load() }
    try around.write("later/file", "here")
    #expect(try data.loadIfChanged()?.text("/file") == "here")
  }
}
