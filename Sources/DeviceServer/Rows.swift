// SPDX-License-Identifier: MIT

// The memory of a table whose rows are changed where they lie, as protocol states are on every read.
// Rule: it is not copied. An array would check at each access whether it is shared, and bring the code that
// copies all rows if it is: for the tables of the server several kilobytes of flash, and a few instructions in each
// access.

/// Rows in one piece of memory, by number.
@usableFromInline
struct Rows<Row: ~Copyable & Sendable>: ~Copyable, @unchecked Sendable {
  /// The first row; before it, in the same piece of memory, lies how many there are. There is such a piece even without
  /// rows, so that no access has to ask whether there is.
  @usableFromInline var first: UnsafeMutablePointer<Row>
  private(set) var capacity = 0

  /// What lies before the first row takes as much as the strictest alignment that the heap knows.
  @usableFromInline static var headerSize: Int { 16 }

  init() { first = Self.memory(for: 0, count: 0) }

  // Inlinable: without it the compiler refuses the deinitializer when inlining is late, as for firmware.
  @inlinable deinit {
    first.deinitialize(count: count)
    (UnsafeMutableRawPointer(first) - Self.headerSize).deallocate()
  }

  @usableFromInline var count: Int { Self.count(first) }

  @inline(__always)
  private static func count(_ first: UnsafeMutablePointer<Row>) -> Int {
    (UnsafeMutableRawPointer(first) - headerSize).load(as: Int.self)
  }

  var indices: Range<Int> { 0..<count }

  subscript(index: Int) -> Row {
    unsafeAddress { UnsafePointer(Self.place(of: index, first)) }
    unsafeMutableAddress { Self.place(of: index, first) }
  }

  // Where flash is scarce it is there once for each table, and elsewhere in each access.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private static func place(of index: Int, _ first: UnsafeMutablePointer<Row>) -> UnsafeMutablePointer<Row> {
    // As numbers without a sign, so that one comparison refuses the negative ones, too: a count is none of these.
    guard UInt(bitPattern: index) < UInt(bitPattern: count(first)) else { preconditionFailure("there is no such row") }
    return first + index
  }

  /// Puts a row in the place of another. An assignment would do the same member by member.
  mutating func replace(_ index: Int, with row: consuming Row) {
    let place = Self.place(of: index, first)
    place.deinitialize(count: 1)
    place.initialize(to: row)
  }

  mutating func append(_ row: consuming Row) {
    let count = count
    if count == capacity { reserve(max(2 * count, 4)) }
    (first + count).initialize(to: row)
    (UnsafeMutableRawPointer(first) - Self.headerSize).storeBytes(of: count + 1, as: Int.self)
  }

  /// Takes the memory for `wanted` rows at once.
  mutating func reserve(_ wanted: Int) {
    guard wanted > capacity else { return }
    let rows = Self.memory(for: wanted, count: count)
    rows.moveInitialize(from: first, count: count)
    (UnsafeMutableRawPointer(first) - Self.headerSize).deallocate()
    first = rows
    capacity = wanted
  }

  private static func memory(for capacity: Int, count: Int) -> UnsafeMutablePointer<Row> {
    #if hasFeature(Embedded)
      let size = capacity * MemoryLayout<Row>.stride
    #else
      // A pointer behind the last byte is not one into the piece, for whoever looks for memory that nothing leads to.
      let size = max(capacity * MemoryLayout<Row>.stride, 1)
    #endif
    let memory = UnsafeMutableRawPointer.allocate(byteCount: headerSize + size, alignment: headerSize)
    memory.storeBytes(of: count, as: Int.self)
    return (memory + headerSize).bindMemory(to: Row.self, capacity: capacity)
  }
}

#if !WITHOUT_BOXES
  /// A value in memory of its own, so that a row for it takes a pointer only, and nothing once it is let go.
  @usableFromInline
  struct Box<Value: Sendable>: ~Copyable, @unchecked Sendable {
    @usableFromInline var place: UnsafeMutablePointer<Value>?

    init() {}

    init(_ value: consuming Value) {
      place = .allocate(capacity: 1)
      place?.initialize(to: value)
    }

    // Inlinable, as that of `Rows`.
    @inlinable deinit {
      place?.deinitialize(count: 1)
      place?.deallocate()
    }

    /// Whether the value was let go, or never there.
    var isEmpty: Bool { place == nil }

    // The pointer is this box's alone, since the box is not copied, and it is valid from `init` until `deinit`.
    var value: Value {
      unsafeAddress { UnsafePointer(Self.full(place)) }
      unsafeMutableAddress { Self.full(place) }
    }

    private static func full(_ place: UnsafeMutablePointer<Value>?) -> UnsafeMutablePointer<Value> {
      guard let place else { preconditionFailure("the box is empty") }
      return place
    }
  }
#endif

/// Puts a value in the place of another as a whole. An assignment does so member by member, which takes more code.
@inline(__always)
func renew<Value: ~Copyable>(_ place: inout Value, _ value: consuming Value) { swap(&place, &value) }
