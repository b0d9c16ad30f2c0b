// SPDX-License-Identifier: MIT

// The memory of a table whose rows are changed where they lie, as protocol states are on every read.
// Rule: it is not copied. An array would look at each access whether somebody else holds it, too, and bring the code that
// copies all rows in that case: for the tables of the server several kilobytes of flash, and a few instructions in each
// access.

/// Rows in one piece of memory, by number.
@usableFromInline
struct Rows<Row: ~Copyable & Sendable>: ~Copyable, @unchecked Sendable {
  @usableFromInline var storage = UnsafeMutableBufferPointer<Row>(start: nil, count: 0)
  @usableFromInline private(set) var count = 0

  init() {}

  @inlinable deinit {
    storage.baseAddress?.deinitialize(count: count)
    storage.deallocate()
  }

  var indices: Range<Int> { 0..<count }

  subscript(index: Int) -> Row {
    unsafeAddress { UnsafePointer(place(of: index)) }
    unsafeMutableAddress { place(of: index) }
  }

  // Where flash is scarce it is there once for each table, and elsewhere in each access.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private func place(of index: Int) -> UnsafeMutablePointer<Row> {
    guard index >= 0, index < count, let first = storage.baseAddress else {
      preconditionFailure("there is no such row")
    }
    return first + index
  }

  mutating func append(_ row: consuming Row) {
    if count == storage.count { reserve(max(2 * count, 4)) }
    storage.initializeElement(at: count, to: row)
    count += 1
  }

  /// Takes the memory for `capacity` rows at once.
  mutating func reserve(_ capacity: Int) {
    guard capacity > storage.count else { return }
    let larger = UnsafeMutableBufferPointer<Row>.allocate(capacity: capacity)
    if let first = storage.baseAddress { larger.baseAddress?.moveInitialize(from: first, count: count) }
    storage.deallocate()
    storage = larger
  }
}
