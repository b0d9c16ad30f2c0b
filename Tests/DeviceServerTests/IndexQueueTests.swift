// SPDX-License-Identifier: MIT

// The order of rows that the transport is to look after: against an array that does the same, and its memory when it
// never runs empty.

import ConformanceSupport
import Testing

@testable import DeviceServer

@Suite struct IndexQueueTests {
  @Test func itGivesWhatAnArrayWouldGive() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    var queue = IndexQueue()
    var model: [Int] = []
    for step in 0..<10_000 {
      if Int.random(in: 0..<100, using: &generator) < (step / 100 % 2 == 0 ? 60 : 40) {
        queue.append(step)
        model.append(step)
      } else if !model.isEmpty {
        #expect(queue.first == model.removeFirst(), "step \(step), seed \(generator.seed)")
        queue.removeFirst()
      }
      #expect(queue.first == model.first, "step \(step), seed \(generator.seed)")
    }
  }

  @Test(arguments: [1, 7, 100])
  func whoNeverRunsEmptyTakesNoMoreMemory(_ waiting: Int) {
    var queue = IndexQueue()
    for index in 0..<waiting { queue.append(index) }
    for index in 0..<100_000 {
      queue.append(index)
      queue.removeFirst()
    }
    #expect(queue.capacity <= 4 * (waiting + 1) + 8)
  }
}
