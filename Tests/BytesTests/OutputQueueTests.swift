// SPDX-License-Identifier: MIT

// The output queue against a plain array that does the same, with transports that take little, all, or lie
// about it; that shared pieces are not copied; and its memory in steady use.

@testable import Bytes
import ConformanceSupport
import Testing

@Suite struct OutputQueueTests {
  @Test func anyUseOffersTheBytesThatAnArrayWouldHold() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<60 {
      var queue = OutputQueue()
      var model: [UInt8] = []
      for step in 0..<200 {
        switch Int.random(in: 0..<15, using: &generator) {
        case 0...2:
          let piece = randomBytes(upTo: 30, using: &generator)
          queue.append(piece.span)
          model += piece
        case 3:
          queue.append(UInt8(truncatingIfNeeded: step))
          model.append(UInt8(truncatingIfNeeded: step))
        case 4:
          queue.append("literal é")
          model += bytes("literal é")
        case 5...7:
          let piece = randomBytes(upTo: 100, using: &generator)
          let start = Int.random(in: -1...piece.count + 1, using: &generator)
          let range = start..<Int.random(in: start...piece.count + 2, using: &generator)
          queue.append(SharedBytes(piece), range)
          model += piece[range.clamped(to: piece.indices)]
        case 8...11:
          let room = Int.random(in: 0...120, using: &generator)
          let taken = write(&queue, room: room)
          #expect(taken == Array(model.prefix(room)), "step \(step), seed \(generator.seed)")
          model.removeFirst(taken.count)
        case 12: queue.trim()
        case 13:
          var other = mixedQueue()
          let taken = write(&other, room: Int.random(in: 0...other.count, using: &generator))
          queue.append(other)
          model += Self.mixed.dropFirst(taken.count)
        default:
          guard step % 20 == 0 else { continue }
          queue.removeAll()
          model = []
        }
        #expect(queue.count == model.count, "step \(step), seed \(generator.seed)")
        #expect(queue.isEmpty == model.isEmpty, "step \(step), seed \(generator.seed)")
      }
      let rest = write(&queue, room: .max)
      #expect(rest == model, "seed \(generator.seed)")
      #expect(queue.isEmpty)
    }
  }

  @Test func aTransportThatTookLessIsNotAskedAgain() {
    var queue = mixedQueue()
    for room in [0, 1, 4, 5, 6, 44, 45, 49] {
      queue = mixedQueue()
      var left = room
      var shortfalls = 0
      queue.write { offered in
        if shortfalls > 0 { shortfalls += 1 }
        if offered.count > left, shortfalls == 0 { shortfalls = 1 }
        let taken = min(offered.count, left)
        left -= taken
        return taken
      }
      #expect(shortfalls == 1, "room for \(room)")
      #expect(queue.count == Self.mixed.count - room)
    }
  }

  @Test func nothingIsOfferedWhenNothingWaits() {
    var queue = OutputQueue()
    var calls = 0
    func offer() { queue.write { calls += 1; return $0.count } }
    offer()
    queue.append([])
    queue.append([1, 2], 2..<9)
    offer()
    #expect(calls == 0)
    queue.append([1, 2], 1..<2)
    offer()
    offer()
    #expect(calls == 1)
  }

  @Test(arguments: [-1, Int.min, 1000, Int.max])
  func aTransportThatLiesDoesNoHarm(_ answer: Int) {
    var queue = mixedQueue()
    for _ in 0..<5 { queue.write { _ in answer } }
    #expect(queue.count == (answer < 0 ? Self.mixed.count : 0))
    queue.append("x")
    let rest = write(&queue, room: .max)
    #expect(rest.last == UInt8(ascii: "x"))
    #expect(queue.isEmpty)
  }

  @Test func aSharedPieceIsOfferedWhereItLies() {
    let body = [UInt8](repeating: 7, count: 1000)
    let address = body.withUnsafeBufferPointer { $0.baseAddress }
    var first = OutputQueue()
    var second = OutputQueue()
    first.append("head")
    first.append(SharedBytes(body))
    second.append(SharedBytes(body), 10..<1000)
    var offered: [UnsafePointer<UInt8>?] = []
    first.write { span in
      offered.append(span.withUnsafeBufferPointer { $0.baseAddress })
      return span.count
    }
    second.write { span in
      offered.append(span.withUnsafeBufferPointer { $0.baseAddress })
      return span.count
    }
    #expect(offered.count == 3)
    #expect(offered[1] == address)
    #expect(offered[2] == address.map { $0 + 10 })
  }

  @Test(arguments: [0, 3, 40])
  func inSteadyUseItDoesNotGrow(_ backlog: Int) {
    let body = [UInt8](repeating: 7, count: 64)
    var queue = OutputQueue()
    queue.append([UInt8](repeating: 1, count: backlog).span)
    func turn() {
      queue.append("twelve bytes")
      queue.append(SharedBytes(body))
      queue.append("more")
      _ = write(&queue, room: 80)
    }
    for _ in 0..<20 { turn() }
    let (copied, shared) = (queue.copied.storage.capacity, queue.shared.capacity)
    for _ in 0..<5000 { turn() }
    #expect(queue.copied.storage.capacity == copied)
    #expect(queue.shared.capacity == shared)
    #expect(queue.count == backlog)
  }

  /// Builds a page of so many placeholders, and takes it in pieces as a transport does; returns how long that took.
  private func time(pieces: Int) -> Duration {
    ContinuousClock().measure {
      let page = SharedBytes([UInt8](repeating: 7, count: 40))
      var queue = OutputQueue()
      for _ in 0..<pieces {
        queue.append("value")
        queue.append(page)
      }
      var whole = OutputQueue()
      whole.append(queue)
      #expect(whole.count == pieces * 45)
      var taken = 0
      while !whole.isEmpty {
        var room = 16_384
        whole.write { offered in
          let count = min(offered.count, room)
          room -= count
          taken += count
          return count
        }
      }
      #expect(taken == pieces * 45)
    }
  }

  /// A page of 200,000 placeholders takes ten times as long as one of 20,000, or half of that more or less. If a piece
  /// cost a look at all others, it would be a hundred times.
  @Test(.timeLimit(.minutes(5))) func manyPiecesCostNoMoreEachThanFew() {
    // The best of three, in turn: whatever else the machine does only makes it longer.
    let rounds = (0..<3).map { _ in (few: time(pieces: 20_000), many: time(pieces: 200_000)) }
    let ratio = rounds.map(\.many).min()! / rounds.map(\.few).min()!
    #expect(ratio < 30, "\(rounds)")
  }

  @Test func onlyAnEmptyQueueGivesItsMemoryBack() {
    var queue = mixedQueue()
    queue.trim()
    #expect(queue.count == Self.mixed.count)
    _ = write(&queue, room: .max)
    queue.trim()
    #expect(queue.copied.storage.capacity == 0)
    #expect(queue.shared.capacity == 0)
  }

  @Test func aPieceThatIsSmallerThanItsPlaceWouldBeIsCopied() {
    var queue = OutputQueue(SharedBytes([UInt8](repeating: 1, count: 32)))
    #expect(queue.shared.isEmpty && queue.count == 32)
    queue.append(SharedBytes([UInt8](repeating: 1, count: 33)))
    #expect(queue.shared.count == 1 && queue.count == 65)
  }

  /// What `mixedQueue` holds.
  private static let mixed = bytes("01234" + String(repeating: "m", count: 40) + "abcde")

  /// Three pieces, the middle one shared.
  private func mixedQueue() -> OutputQueue {
    var queue = OutputQueue()
    queue.append("01234")
    queue.append(SharedBytes(Self.mixed), 5..<45)
    queue.append("abcde")
    return queue
  }

  /// Writes to a transport that has room for `room` bytes; what it took.
  private func write(_ queue: inout OutputQueue, room: Int) -> [UInt8] {
    var taken: [UInt8] = []
    queue.write { offered in
      let count = min(offered.count, room - taken.count)
      taken.append(offered.extracting(first: count))
      return count
    }
    return taken
  }
}
