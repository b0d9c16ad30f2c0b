// SPDX-License-Identifier: MIT

// The order in which rows of a table are to be looked after. Memory is kept and used again: a queue that never runs
// empty takes no more than a few times what waits in it.
//
// As in `ByteQueue`, all places exist all the time, and two numbers say which of them wait: an array that is filled and
// emptied for each message costs as much as the rest of it.

/// A first-in, first-out queue of row numbers.
struct IndexQueue: ~Copyable, Sendable {
  private var places = Rows<Int>()
  /// Those that wait are in the places from here …
  private var head = 0
  /// … up to here. Both are 0 when none waits.
  private var tail = 0

  @inline(__always)
  var isEmpty: Bool { head == tail }

  /// The one that has waited longest.
  @inline(__always)
  var first: Int? { isEmpty ? nil : places[head] }

  /// How many there is memory for, those that have been taken included.
  var capacity: Int { places.capacity }

  /// Takes the memory for `count` that wait.
  mutating func reserve(_ count: Int) { places.reserve(2 * count) }

  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func append(_ index: Int) {
    if tail == places.count { makeRoom() }
    places[tail] = index
    tail &+= 1
  }

  /// Takes the first one away; there is one.
  @inline(__always)
  mutating func removeFirst() {
    head &+= 1
    guard head == tail else { return }
    head = 0
    tail = 0
  }

  /// Moves those that wait to the front if at least half have been taken, so that each is moved at most once for one that
  /// was taken; adds a place if not.
  @inline(never)
  private mutating func makeRoom() {
    let waiting = tail - head
    guard head > 0, head >= waiting else { return places.append(0) }
    for place in 0..<waiting { places[place] = places[head + place] }
    head = 0
    tail = waiting
  }
}
