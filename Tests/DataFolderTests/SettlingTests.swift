// SPDX-License-Identifier: MIT

// When a file is complete: fed with statuses and times, and then with a real folder in virtual time.

import Bytes
import ConformanceSupport
import DeviceServer
import Foundation
import SystemCalls
import Testing
import Timebase

@testable import DataFolder

@Suite struct SettlingTests {
  private let path = bytes("/index.html")
  private let half = status(size: 10, changed: 100)

  private final class Files {
    var settling = Settling()

    func isAtRest(_ path: [UInt8], _ status: FileStatus?, at now: MonotonicTime, isOld: Bool = false) -> Bool {
      settling.isAtRest(path, status, at: now, isOld: isOld)
    }
  }

  @Test func aFileIsAtRestWhenItsStatusWasTheSameFor300Milliseconds() {
    let files = Files()
    #expect(!files.isAtRest(path, half, at: ms(0)))
    #expect(!files.isAtRest(path, half, at: ms(299)))
    #expect(files.isAtRest(path, half, at: ms(300)))
    #expect(files.settling.paths.isEmpty)
  }

  @Test(arguments: [status(size: 11, changed: 100), status(size: 10, changed: 101), status(size: 10, changed: 100, inode: 2), nil])
  func anyOtherStatusBeginsItAnew(_ other: FileStatus?) {
    let files = Files()
    #expect(!files.isAtRest(path, half, at: ms(0)))
    #expect(!files.isAtRest(path, other, at: ms(290)))
    #expect(!files.isAtRest(path, other, at: ms(589)))
    #expect(files.isAtRest(path, other, at: ms(590)))
  }

  @Test func whatChangedLongAgoIsAtRestAtOnce() {
    let files = Files()
    #expect(files.isAtRest(path, half, at: ms(0), isOld: true))
    #expect(files.settling.isQuiet(at: ms(0)))
  }

  @Test func whatChangesAllTheTimeIsNotWaitedForAfterTwoSeconds() {
    let files = Files()
    for time in 0..<30 {
      #expect(!files.isAtRest(path, status(size: time, changed: time), at: ms(100 * time)))
      #expect(files.settling.isQuiet(at: ms(100 * time)) == (time >= 20))
      #expect(files.settling.nextRest(at: ms(100 * time)) == (time >= 20 ? nil : ms(100 * time + 300)))
    }
    #expect(!files.isAtRest(bytes("/other"), half, at: ms(3000)))
    #expect(!files.settling.isQuiet(at: ms(3000)))
    #expect(files.isAtRest(bytes("/other"), half, at: ms(3300)))
    #expect(files.settling.isQuiet(at: ms(3300)))
    #expect(files.isAtRest(path, status(size: 29, changed: 29), at: ms(3300)))
  }

  /// Times of a file against a reading from 100 to 110: a clock of two seconds may give 98 or 112 once more.
  @Test(arguments: [
    (0, true), (97, true), (98, false), (100, false), (105, false), (110, false), (112, false), (113, true), (.max, true),
  ])
  func timesNearTheReadingAreInDoubt(_ seconds: Int, _ isSure: Bool) {
    #expect(FileStore.isSure(status(size: 1, changed: seconds, modified: 0), readFrom: 100, to: 110) == isSure)
    #expect(FileStore.isSure(status(size: 1, changed: 0, modified: seconds), readFrom: 110, to: 100) == isSure)
  }
}

/// How much is read of a file of some size, of which every status is new and nothing is read but in virtual time.
@Suite struct ReadingTests {
  private let path = bytes("/log.txt")

  /// The times at which a file is read that has grown by a byte every `interval` milliseconds for `duration`, looked at
  /// every 100 milliseconds.
  private func readings(size: Int, every interval: Int, for duration: Int) -> [Int] {
    var store = FileStore()
    var readings: [Int] = []
    for time in stride(from: 0, to: duration, by: 100) {
      let now = status(size: size + time / interval, changed: Int(Int32.max) + time / interval)
      store.begin()
      if store.shouldRead(path, now, at: ms(time)) {
        readings.append(time)
        // Other content each time; how long it is said to be is all that counts here.
        store.take(path, bytes("\(time)"), now, at: ms(time), clock: (0, 0))
      }
      store.end(at: ms(time))
    }
    return readings
  }

  @Test func aLogOf5MegabytesIsReadLessAndLessOften() {
    let readings = readings(size: 5_000_000, every: 1000, for: 600_000)
    let gaps = zip(readings.dropFirst(), readings).map { $0 - $1 }
    for (gap, pause) in zip(gaps, [0, 1000, 2000, 4000, 8000, 16_000] + Array(repeating: 30_000, count: gaps.count)) {
      #expect(pause...pause + 1300 ~= gap)  // its pause, and then until it rests
    }
    #expect(readings.count * 5_000_000 < 600 * 230_000)  // bytes in ten minutes
  }

  @Test func aSmallFileIsReadAtEachChange() {
    #expect(readings(size: 10_000, every: 1000, for: 60_000).count == 60)
    #expect(readings(size: 40_000, every: 1000, for: 60_000).count == 60)
  }

  @Test func aLargeFileThatChangesNowAndThenIsReadAtEachChange() {
    #expect(readings(size: 5_000_000, every: 15_000, for: 300_000).count == 20)
  }

  @Test func aFileThatNeverRestsIsNeverRead() {
    #expect(readings(size: 1000, every: 200, for: 60_000).isEmpty)
  }
}

/// A folder whose files are written slowly.
@Suite struct SlowWritingTests {
  let folder: TemporaryFolder
  var data: DataFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("index.css", "former")
    try folder.write("other.css", "other")
    data = DataFolder(path: folder.path)
    _ = try data.load()
  }

  @Test mutating func halfAFileIsNeverServed() throws {
    var time: UInt64 = 10_000
    for length in 1...15 {
      try folder.write("index.css", String(repeating: "x", count: length))
      for _ in 0..<2 {  // twice within 200 ms: what is seen the second time has not rested long enough
        #expect(try data.update(at: MonotonicTime(milliseconds: time)) == nil)
        time += 100
      }
    }
    #expect(try data.update(at: MonotonicTime(milliseconds: time)) == nil)
    let table = try data.update(at: MonotonicTime(milliseconds: time + 100))
    #expect(table?.text("/index.css") == "xxxxxxxxxxxxxxx")
  }

  @Test mutating func filesThatAreWrittenOneAfterAnotherAppearTogether() throws {
    try folder.write("index.css", "new")
    #expect(try data.update(at: ms(10_000)) == nil)
    try folder.write("other.css", "new too")
    #expect(try data.update(at: ms(10_250)) == nil)
    #expect(try data.update(at: ms(10_300)) == nil)  // the first is at rest, the second is not
    let table = try data.update(at: ms(10_550))
    #expect(table?.text("/index.css") == "new")
    #expect(table?.text("/other.css") == "new too")
  }

  @Test mutating func aRestlessFileKeepsNoOtherFromBeingSeen() throws {
    try folder.write("log.txt", "1")
    #expect(try data.update(at: ms(10_000)) == nil)
    #expect(try data.update(at: ms(10_300))?.text("/log.txt") == "1")
    for tick in 0..<60 {
      try folder.write("log.txt", String(repeating: "line\n", count: tick + 2))
      if tick == 30 { try folder.write("index.css", "new") }
      let table = try data.update(at: ms(11_000 + 100 * tick))
      #expect((table != nil) == (tick == 33))
      if let table {
        #expect(table.text("/index.css") == "new")
        #expect(table.text("/log.txt") == "1")  // its last whole version
      }
    }
  }

  /// What is written once a second rests in between.
  @Test mutating func aSmallFileThatChangesAgainAndAgainIsSeenEachTime() throws {
    for second in 0..<60 {
      try folder.write("index.css", String(repeating: "x", count: second + 1))
      #expect(try data.update(at: ms(10_000 + 1000 * second)) == nil)
      #expect(try data.update(at: ms(10_400 + 1000 * second))?.text("/index.css")?.count == second + 1)
    }
  }

  @Test mutating func aLogThatIsServedAfterAPauseIsWholeAndKeepsNoOtherWaiting() throws {
    var log = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
    var served: [Int] = []
    for second in 0..<60 {
      log += [UInt8(ascii: "x")]
      try folder.write("log.txt", log)
      if second == 30 { try folder.write("index.css", "new") }
      #expect(try data.update(at: ms(10_000 + 1000 * second))?["/log.txt"] == nil)
      let table = try data.update(at: ms(10_400 + 1000 * second))
      if let count = table?["/log.txt"]?.bytes?.count, served.last != count { served.append(count) }
      if second == 30 { #expect(table?.text("/index.css") == "new") }
    }
    #expect(served.first == 300_001 && served.count > 10 && served.count < 30)
    // When it is written no more, its last state comes.
    for second in 60..<95 {
      _ = try data.update(at: ms(10_000 + 1000 * second))
      if let table = try data.update(at: ms(10_400 + 1000 * second)) { served.append(table["/log.txt"]?.bytes?.count ?? 0) }
    }
    #expect(served.last == log.count)
  }

  /// As a program that has written its log since before the start.
  @Test mutating func aFileThatNeverRestsIsNotServedAtFirst() throws {
    data = DataFolder(path: folder.path)
    var table: AssetTable?
    for tick in 0..<30 where table == nil {
      try folder.write("log.txt", String(repeating: "line\n", count: tick + 1))
      table = try data.update(at: ms(100 * tick))
    }
    #expect(table?.count == 2)
    #expect(table?["/log.txt"] == nil)
  }

  /// An editor moves the file away, writes another and removes the first.
  @Test mutating func aFileThatIsAwayForAMomentIsServedAllTheWhile() throws {
    try folder.rename("index.css", to: "index.css~")
    #expect(try data.update(at: ms(10_000)) == nil)
    #expect(try data.update(at: ms(10_200)) == nil)
    try folder.write("index.css", "new")
    #expect(try data.update(at: ms(10_400)) == nil)
    #expect(try data.update(at: ms(10_700))?.text("/index.css") == "new")
    try folder.remove("index.css")
    #expect(try data.update(at: ms(11_000)) == nil)
    let table = try data.update(at: ms(11_300))
    #expect(table?.count == 1)
    #expect(table?["/index.css"] == nil)
  }

  @Test mutating func whatHasNotChangedKeepsItsBytes() throws {
    let large = [UInt8](repeating: 7, count: 1_000_000)
    try folder.write("large.bin", large)
    let before = try #require(try data.loadIfChanged()?["/large.bin"]?.bytes)
    try folder.write("index.css", "new")
    let after = try #require(try data.loadIfChanged()?["/large.bin"]?.bytes)
    let places = [before, after].map { $0.span.withUnsafeBufferPointer { $0.baseAddress } }
    #expect(places[0] == places[1])
  }

  @Test mutating func aChangeIsLookedAtSoonAndAFolderAtRestIsNot() throws {
    _ = try data.update(at: ms(20_000))
    #expect(data.nextLook == ms(20_500))
    try folder.write("index.css", "new")
    _ = try data.update(at: ms(20_500))
    #expect(data.nextLook == ms(20_800))
  }
}

private func ms(_ count: Int) -> MonotonicTime { MonotonicTime(milliseconds: UInt64(count)) }

private func status(size: Int, changed: Int, modified: Int? = nil, inode: UInt = 1) -> FileStatus {
  var status = stat()
  status.st_mode = S_IFREG
  status.st_size = off_t(size)
  status.st_ino = .init(inode)
  var result = FileStatus(status)
  result.changed = .init(seconds: changed, nanoseconds: 0)
  result.modified = .init(seconds: modified ?? changed, nanoseconds: 0)
  return result
}
