// SPDX-License-Identifier: MIT

// Bytes in order of arrival, taken from the front. One array that is used from `head` to `tail`: appending copies once,
// taking moves an offset, and the array is used from its beginning again whenever it runs empty. It is kept until
// `trim`, so a queue in steady use does not allocate and an idle one can give its memory back.
//
// Every element of the array exists all the time, whether it waits or not: an array that is filled and emptied for each
// message costs twice as much as the message.

/// A first-in, first-out queue of bytes in one contiguous array. It has no limit of its own: who appends sets one.
public struct ByteQueue: Sendable {
  @usableFromInline var storage: [UInt8] = []
  /// What waits lies in `storage` from here …
  @usableFromInline var head = 0
  /// … up to here. Both are 0 when nothing waits.
  @usableFromInline var tail = 0

  /// An empty queue; it allocates nothing until bytes come.
  public init() {}

  /// How many bytes wait.
  @inlinable
  public var count: Int { tail &- head }

  /// How many bytes of memory it holds, whatever waits.
  public var capacity: Int { storage.capacity }

  /// Whether no bytes wait.
  @inlinable
  public var isEmpty: Bool { head == tail }

  /// The waiting bytes, oldest first.
  @inlinable
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self) @inline(__always) get { storage.span.extracting(head..<tail) }
  }

  // Where flash is scarce the code that appends is there once, and elsewhere in each place that appends.

  /// Appends a copy of `bytes`.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inlinable
  #endif
  public mutating func append(_ bytes: Span<UInt8>) {
    if storage.count - tail < bytes.count { makeRoom(for: bytes.count) }
    copy(bytes)
  }

  /// Appends copies of `first` and then `second`, such as a header and its payload, in one step.
  @inlinable
  public mutating func append(_ first: Span<UInt8>, _ second: Span<UInt8>) {
    let count = first.count + second.count
    if storage.count - tail < count { makeRoom(for: count) }
    append(first)
    append(second)
  }

  #if !WITHOUT_FAST_PATHS
    /// Appends two bytes and then a copy of `bytes`, such as a short frame's header and its payload, in one step.
    @inlinable
    public mutating func append(_ first: UInt8, _ second: UInt8, _ bytes: Span<UInt8>) {
      let count = bytes.count &+ 2  // no span is so large that this overflows
      if storage.count &- tail < count { makeRoom(for: count) }
      let start = tail
      storage.withUnsafeMutableBytes { target in
        let room = UnsafeMutableRawBufferPointer(rebasing: target[start..<start &+ count])
        room[0] = first
        room[1] = second
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: room[2...]).copyMemory(from: $0) }
      }
      tail = start &+ count
    }
  #endif

  /// Appends one byte.
  public mutating func append(_ byte: UInt8) {
    if tail == storage.count { makeRoom(for: 1) }
    storage[tail] = byte
    tail += 1
  }

  /// Appends the UTF-8 of a literal.
  public mutating func append(_ text: StaticString) { append(text.span) }

  /// Takes the memory for `count` bytes more at once, and no more than that; does nothing if it is there already.
  public mutating func reserve(_ count: Int) {
    if storage.count - tail < count { move(to: self.count + count) }
  }

  /// Takes the oldest `count` bytes away: at most all of them, none if it is negative.
  @inlinable
  public mutating func consume(_ count: Int) {
    head += Swift.min(Swift.max(count, 0), self.count)
    if head == tail { removeAll() }
  }

  /// Takes all bytes away and keeps the memory.
  @inlinable
  public mutating func removeAll() {
    head = 0
    tail = 0
  }

  /// Gives memory back if there are more than `capacity` bytes of it and at most half of them wait.
  public mutating func trim(to capacity: Int = 0) {
    if storage.count > capacity, storage.count / 2 >= count { move(to: count) }
  }

  /// Copies `bytes` to the end, where there is room for them.
  @inlinable
  mutating func copy(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }  // nothing may be written into the storage that all empty arrays share
    let start = tail
    storage.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0) }
    }
    tail = start + bytes.count
  }

  /// Moves the waiting bytes to the front of the array if that makes the room, and into a larger one if not.
  @usableFromInline @inline(never)
  mutating func makeRoom(for extra: Int) {
    let (start, waiting) = (head, count)
    // Not for a few dead bytes at the front of many, so that at most eight bytes are moved for each one taken.
    guard start > 0, start >= waiting / 8, storage.count - waiting >= extra else {
      return move(to: Swift.max(waiting + extra, 2 * storage.count))
    }
    storage.withUnsafeMutableBytes { memory in
      memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<start + waiting]))
    }
    head = 0
    tail = waiting
  }

  /// Moves the waiting bytes into an array of `size`.
  @inline(never)
  private mutating func move(to size: Int) {
    var moved = ByteQueue()
    moved.storage = [UInt8](repeating: 0, count: size)
    moved.copy(bytes)
    self = moved
  }
}
