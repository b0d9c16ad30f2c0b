// SPDX-License-Identifier: MIT

// The order in which rows of a table are to be looked after. Memory is kept and used again: a queue that never runs
// empty takes no more than a few times what waits in it.

/// A first-in, first-out queue of row numbers.
struct IndexQueue: Sendable {
  private var indices: [Int] = []
  /// Those before it have been taken.
  private var start = 0

  /// The one that has waited longest.
  @inline(__always)
  var first: Int? { start < indices.count ? indices[start] : nil }

  /// How many there is memory for, those that have been taken included.
  var capacity: Int { indices.capacity }

  /// Takes the memory for `count` that wait.
  mutating func reserve(_ count: Int) { indices.reserveCapacity(2 * count) }

  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func append(_ index: Int) {
    if start > 0, indices.count == indices.capacity { discardTaken() }
    indices.append(index)
  }

  /// Takes the first one away; there is one.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func removeFirst() {
    start += 1
    guard start == indices.count else { return }
    indices.removeAll(keepingCapacity: true)
    start = 0
  }

  /// At least half must be taken, so that each is moved at most once for one that was taken.
  @inline(never)
  private mutating func discardTaken() {
    guard start >= indices.count - start else { return }
    indices.removeSubrange(0..<start)
    start = 0
  }
}
