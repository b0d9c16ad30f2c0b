// SPDX-License-Identifier: MIT

// The byte queue against a plain array that does the same, and its memory in steady use.

@testable import Bytes
import ConformanceSupport
import Testing

@Suite struct ByteQueueTests {
  @Test func anyUseGivesTheBytesThatAnArrayWouldGive() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<40 {
      var queue = ByteQueue()
      var model: [UInt8] = []
      for step in 0..<200 {
        switch Int.random(in: 0..<14, using: &generator) {
        case 0...3:
          let piece = randomBytes(upTo: 40, using: &generator)
          queue.append(piece.span)
          model += piece
        case 4:
          queue.append(UInt8(truncatingIfNeeded: step))
          model.append(UInt8(truncatingIfNeeded: step))
        case 5:
          queue.append("literal é")
          model += bytes("literal é")
        case 6...9:
          let count = Int.random(in: -2...60, using: &generator)
          queue.consume(count)
          model.removeFirst(min(max(count, 0), model.count))
        case 10:
          let (first, second) = (randomBytes(upTo: 9, using: &generator), randomBytes(upTo: 40, using: &generator))
          queue.append(first.span, second.span)
          model += first + second
        case 11: queue.reserve(Int.random(in: 0...60, using: &generator))
        case 12: queue.trim(to: Int.random(in: 0...50, using: &generator))
        default:
          guard step % 10 == 0 else { continue }
          queue.removeAll()
          model = []
        }
        let waiting = [UInt8](queue.bytes)
        #expect(waiting == model, "step \(step), seed \(generator.seed)")
        #expect(queue.count == model.count, "step \(step), seed \(generator.seed)")
        #expect(queue.isEmpty == model.isEmpty, "step \(step), seed \(generator.seed)")
      }
    }
  }

  @Test(arguments: [(0, 100), (1, 100), (50, 100), (99, 7), (500, 16), (1000, 1)])
  func inSteadyUseItDoesNotGrow(_ backlog: Int, _ piece: Int) {
    var queue = ByteQueue()
    queue.append([UInt8](repeating: 1, count: backlog).span)
    func turn() {
      queue.append([UInt8](repeating: 2, count: piece).span)
      queue.consume(piece)
    }
    for _ in 0..<2 * (backlog / piece + 1) { turn() }
    let capacity = queue.storage.capacity
    for _ in 0..<10_000 { turn() }
    #expect(queue.storage.capacity == capacity)
    #expect(queue.count == backlog)
  }

  @Test func itsMemoryIsBoundedByWhatWaitedAtMost() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    var queue = ByteQueue()
    for _ in 0..<20_000 {
      let piece = randomBytes(upTo: 100, using: &generator)
      if queue.count + piece.count <= 1000 { queue.append(piece.span) }
      queue.consume(Int.random(in: 0...100, using: &generator))
    }
    // To eight living bytes one dead one, and an array grows to at most twice what it needs.
    #expect(queue.storage.capacity <= 2 * (1000 + 1000 / 8 + 100), "seed \(generator.seed)")
  }

  @Test func memoryIsGivenBackUnlessMoreThanHalfOfItIsInUse() {
    var queue = ByteQueue()
    #expect(queue.storage.capacity == 0)
    queue.append([UInt8](repeating: 1, count: 200).span)
    let all = queue.storage.capacity
    queue.consume(40)
    queue.trim()
    #expect(queue.count == 160)
    #expect(queue.storage.capacity == all)
    queue.consume(155)
    queue.trim(to: 4096)
    #expect(queue.storage.capacity == all)
    queue.trim()
    #expect([UInt8](queue.bytes) == [1, 1, 1, 1, 1])
    #expect(queue.storage.capacity < 64)
    queue.consume(5)
    #expect(queue.storage.capacity > 0)
    queue.trim()
    #expect(queue.storage.capacity == 0)
  }
}

/// Random bytes, `longest` at most.
func randomBytes(upTo longest: Int, using generator: inout SeededGenerator) -> [UInt8] {
  let count = Int.random(in: 0...longest, using: &generator)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
}
