// SPDX-License-Identifier: MIT

// What tells a changed folder from an unchanged one before any file is opened.

import ConformanceSupport
import Foundation
import Testing

@testable import DataFolder

@Suite struct SnapshotTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("file", "one")
    try folder.write("sub/other", "other")
    try folder.link("link", to: "file")
  }

  @Test func anUnchangedFolderHasTheSameEntriesReadOrNot() throws {
    let before = try entries(reading: true)
    #expect(before.count == 4)
    for _ in 0..<3 { #expect(try entries(reading: false) == before) }
  }

  @Test func anEditThatKeepsSizeAndTimeOfWritingMakesAnotherEntry() throws {
    try folder.setModified("file", 1_000_000_000)
    let before = try #require(try entries(reading: true).first?.status)
    var after = before
    let deadline = ContinuousClock.now + .seconds(20)
    repeat {  // until the clock of the file system goes on
      try folder.write("file", "two")
      try folder.setModified("file", 1_000_000_000)
      after = try #require(try entries(reading: false).first?.status)
    } while after.changed == before.changed && ContinuousClock.now < deadline
    #expect(after.changed > before.changed)
    #expect(after != before)
    #expect(after.modified == before.modified)
    #expect((after.inode, after.size) == (before.inode, before.size))
  }

  @Test func aFileRenamedIntoPlaceMakesAnotherEntry() throws {
    let before = try entries(reading: true)
    try folder.write("new", "one")
    try folder.rename("new", to: "file")
    #expect(try entries(reading: false) != before)
  }

  @Test func whatWasWrittenAMomentAgoIsNotSettled() throws {
    let now = Int(time(nil))
    #expect(try !Snapshot(of: folder.path, limits: .init()).isSettled)
    #expect(try Snapshot.isSettled(entries(reading: true), readFrom: now + 60, to: now + 61))
  }

  /// Times of a file against a reading from 100 to 110: a clock of two seconds may give 98 or 112 once more.
  @Test(arguments: [
    (0, true), (97, true), (98, false), (100, false), (105, false), (110, false), (112, false), (113, true),
    (.max, true),
  ])
  func timesNearTheReadingAreInDoubt(_ seconds: Int, _ isSettled: Bool) throws {
    let entry = try #require(try entries(reading: false).first)
    var (changed, written) = (entry.status, entry.status)
    changed.changed = .init(seconds: seconds, nanoseconds: 0)
    changed.modified = .init(seconds: 0, nanoseconds: 0)
    written.changed = .init(seconds: 0, nanoseconds: 0)
    written.modified = .init(seconds: seconds, nanoseconds: 999_999_999)
    for status in [changed, written] {
      let entries = [Snapshot.Entry(path: entry.path, status: status)]
      #expect(Snapshot.isSettled(entries, readFrom: 100, to: 110) == isSettled)
    }
  }

  @Test func aClockThatIsSetBackMeanwhileCastsDoubtOnly() throws {
    let now = Int(time(nil))
    #expect(try !Snapshot.isSettled(entries(reading: true), readFrom: now + 3_600, to: now - 3_600))
  }

  private func entries(reading: Bool) throws -> [Snapshot.Entry] {
    try FolderWalk(folder.path, limits: .init(), reading: reading).entries
  }
}
