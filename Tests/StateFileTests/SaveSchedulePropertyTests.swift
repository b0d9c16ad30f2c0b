// SPDX-License-Identifier: MIT

// What a schedule promises, whatever happens: random changes, a disk of random speed that fails for a while.

import ConformanceSupport
import StateFile
import Testing

@Suite struct SaveSchedulePropertyTests {
  static let pace: UInt64 = 1000

  @Test func whateverHappensThePromisesHold() {
    for _ in 0..<500 {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      let script = DiskScript.random(using: &generator)
      let history = DiskHistory(script)
      let broken = Self.brokenPromises(history, script)
      #expect(broken == [], "seed \(generator.seed)")
      guard broken.isEmpty else { return }
    }
  }

  /// A loop that wakes up for other reasons, or at every millisecond, writes the same at the same times.
  @Test func howOftenTheLoopPollsChangesNothing() {
    for _ in 0..<5 {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      var script = DiskScript.random(using: &generator)
      let quiet = DiskHistory(script)
      script.otherWakes = (0..<100).map { _ in .random(in: 0..<script.end, using: &generator) }
      #expect(DiskHistory(script).writes == quiet.writes, "seed \(generator.seed)")
      script.otherWakes = Array(0...script.end)
      #expect(DiskHistory(script).writes == quiet.writes, "seed \(generator.seed)")
    }
  }

  private static func brokenPromises(_ history: DiskHistory, _ script: DiskScript) -> [String] {
    var broken: [String] = []
    var disk = script.onDisk
    for (index, write) in history.writes.enumerated() {
      if index > 0 {
        let previous = history.writes[index - 1]
        if write.start - previous.start < pace { broken.append("two writes within a second at \(write.start)") }
        if write.start < previous.end { broken.append("two writes at a time at \(write.start)") }
      }
      if write.isOn == disk { broken.append("the same state twice at \(write.start)") }
      if write.isOn != script.state(at: write.start) { broken.append("an old state at \(write.start)") }
      disk = write.isSuccess ? write.isOn : nil
    }
    for (change, next) in zip(script.changes, script.changes.dropFirst().map(\.time) + [script.end]) {
      let latest = script.latestSave(after: change.time)
      guard latest < next, history.disk(at: latest, script) != change.isOn else { continue }
      broken.append("\(change) is not on disk at \(latest)")
    }
    let isSaved = history.disk(at: script.end, script) == script.changes.last?.isOn
    if (history.unsaved == nil) != isSaved { broken.append("unsaved is \(String(describing: history.unsaved))") }
    return broken
  }
}

extension DiskScript {
  static func random(using generator: inout SeededGenerator) -> DiskScript {
    let slowest = [0, 30, 900, 5000].randomElement(using: &generator)!
    let times = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
      UInt64.random(in: 0..<30_000, using: &generator)
    }
    let failure = UInt64.random(in: 0..<30_000, using: &generator)
    return DiskScript(
      changes: times.sorted().map { (time: $0, isOn: .random(using: &generator)) },
      onDisk: [nil, true, false].randomElement(using: &generator)!,
      durations: (0..<60).map { _ in .random(in: 0...UInt64(slowest), using: &generator) },
      failures: failure..<failure + [0, 5000].randomElement(using: &generator)!,
      end: 60_000)
  }

  /// When a change at `time` is on disk at the latest, if none follows. A write in flight ends, and so does the second
  /// since its start; then one more is made. Once a failing disk has recovered, the same holds from there.
  func latestSave(after time: UInt64) -> UInt64 {
    let slowest = durations.max() ?? 0
    let wait = max(SaveSchedulePropertyTests.pace, slowest) + slowest
    let isClear = failures.isEmpty || time + wait < failures.lowerBound
    return (isClear ? time : max(time, failures.upperBound)) + wait
  }

  /// The state at that time.
  func state(at time: UInt64) -> Bool? { changes.last { $0.time <= time }?.isOn }
}

extension DiskHistory {
  /// What the disk has at that time; nil if nobody knows.
  func disk(at time: UInt64, _ script: DiskScript) -> Bool? {
    let ended = writes.last { $0.end <= time }
    return ended.map { $0.isSuccess ? $0.isOn : nil } ?? script.onDisk
  }
}
