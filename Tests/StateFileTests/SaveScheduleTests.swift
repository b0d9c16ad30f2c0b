// SPDX-License-Identifier: MIT

// When the schedule has a state written: each case a script of changes and the writes that it must lead to.

import StateFile
import Testing
import Timebase

@Suite struct SaveScheduleTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var onDisk: Bool? = false
    /// Each change, as its time; the state is the other one than before, at first than on disk or off.
    var changes: [UInt64]
    var durations: [UInt64] = [0]
    var failures: Range<UInt64> = 0..<0
    /// When writes start.
    var starts: [UInt64]
    var lastIsOn: Bool?
    var unsaved: Bool?
  }

  static let cases = [
    Case(testDescription: "no change, no write", changes: [], starts: []),
    Case(testDescription: "a change after a quiet time at once", changes: [5000], starts: [5000], lastIsOn: true),
    Case(
      testDescription: "the first state of all if there is no file", onDisk: nil, changes: [3], starts: [3],
      lastIsOn: true),
    Case(
      testDescription: "a change within the second at its end", changes: [100, 101], starts: [100, 1100],
      lastIsOn: false),
    Case(
      testDescription: "a change at the end of the second at once", changes: [100, 1100], starts: [100, 1100],
      lastIsOn: false),
    Case(
      testDescription: "many changes that lead elsewhere, once", changes: [100, 200, 300, 400], starts: [100, 1100],
      lastIsOn: false),
    Case(
      testDescription: "changes that lead back, not at all", changes: [100, 200, 300], starts: [100], lastIsOn: true),
    Case(
      testDescription: "a change during a write waits for its end and the second", changes: [100, 150],
      durations: [300], starts: [100, 1100], lastIsOn: false),
    Case(
      testDescription: "a slow write is waited for", changes: [100, 150], durations: [4000], starts: [100, 4100],
      lastIsOn: false),
    Case(
      testDescription: "back again during a write is no write more", changes: [100, 150, 200], durations: [500],
      starts: [100], lastIsOn: true),
    Case(
      testDescription: "a failure is tried again each second", changes: [100], durations: [10], failures: 0..<2500,
      starts: [100, 1100, 2100, 3100], lastIsOn: true),
    Case(
      testDescription: "after a slow failure at once", changes: [100], durations: [3000, 10], failures: 0..<3101,
      starts: [100, 3100], lastIsOn: true),
    Case(
      testDescription: "after a failure nobody knows what the disk has", changes: [100, 200], durations: [10],
      failures: 0..<1000, starts: [100, 1100], lastIsOn: false),
    Case(
      testDescription: "what never succeeds stays unsaved", changes: [98_500], failures: 0..<200_000,
      starts: [98_500, 99_500], lastIsOn: true, unsaved: true),
    Case(
      testDescription: "what waits for its second is unsaved", changes: [99_500, 99_600], starts: [99_500],
      lastIsOn: true, unsaved: false),
    Case(
      testDescription: "what is in flight is unsaved", changes: [99_000], durations: [2000], starts: [], unsaved: true),
    Case(
      testDescription: "what is changed back during a write is unsaved", changes: [99_000, 99_001], durations: [2000],
      starts: [], unsaved: false),
  ]

  @Test(arguments: cases)
  func eachScriptLeadsToItsWrites(_ test: Case) {
    var isOn = test.onDisk ?? false
    let changes = test.changes.map { time in
      isOn.toggle()
      return (time: time, isOn: isOn)
    }
    let history = DiskHistory(
      DiskScript(changes: changes, onDisk: test.onDisk, durations: test.durations, failures: test.failures))
    #expect(history.writes.map(\.start) == test.starts)
    #expect(history.writes.last?.isOn == test.lastIsOn)
    #expect(history.unsaved?.isLedOn == test.unsaved)
  }

  @Test func aStateThatIsOnlyRepeatedIsNoChange() {
    let repeats = (0..<50).map { (time: UInt64($0) * 100, isOn: true) }
    #expect(DiskHistory(DiskScript(changes: repeats, onDisk: true)).writes == [])
    #expect(DiskHistory(DiskScript(changes: repeats, onDisk: false)).writes.map(\.start) == [0])
  }

  @Test func aWriteIsHandedOutOnce() {
    var schedule = SaveSchedule(onDisk: nil)
    #expect(schedule.nextWrite() == nil)
    schedule.note(SavedState(isLedOn: true))
    #expect(schedule.poll(now: .zero) == nil)
    #expect(schedule.nextWrite() == SavedState(isLedOn: true))
    #expect(schedule.isWriting)
    schedule.note(SavedState(isLedOn: false))
    for time in [.zero, .distantFuture] as [MonotonicTime] {
      #expect(schedule.poll(now: time) == nil)  // its end is what the loop waits for
      #expect(schedule.nextWrite() == nil)
    }
    schedule.note(SavedState(isLedOn: true))
    schedule.written(success: true)
    #expect(!schedule.isWriting)
    #expect(schedule.unsaved == nil)
  }

  @Test func theEndOfNoWriteSaysNothing() {
    var schedule = SaveSchedule(onDisk: SavedState(isLedOn: false))
    schedule.written(success: true)
    schedule.written(success: false)
    schedule.note(SavedState(isLedOn: false))
    #expect(schedule.unsaved == nil)
    schedule.note(SavedState(isLedOn: true))
    #expect(schedule.unsaved == SavedState(isLedOn: true))
  }

  @Test func theEndOfTimeIsNoTrap() {
    var schedule = SaveSchedule(onDisk: nil, pace: Milliseconds(.max))
    schedule.note(SavedState(isLedOn: true))
    _ = schedule.poll(now: .distantFuture)
    #expect(schedule.nextWrite() != nil)
    schedule.written(success: false)
    #expect(schedule.poll(now: .zero) == .distantFuture)
  }
}
