// SPDX-License-Identifier: MIT

// Bytes in order of arrival, taken from the front. One array and an offset: appending copies once, taking
// moves the offset, and the array starts again at its beginning whenever it runs empty. Its capacity is kept
// until `trim`, so a queue in steady use does not allocate and an idle one can give its memory back.

/// A first-in, first-out queue of bytes in one contiguous array.
public struct ByteQueue: Sendable {
  @usableFromInline var storage: [UInt8] = []
  @usableFromInline var head = 0

  /// An empty queue; it allocates nothing until bytes come.
  public init() {}

  /// How many bytes wait.
  @inlinable
  public var count: Int { storage.count - head }

  /// How many bytes of memory it holds, whatever waits.
  public var capacity: Int { storage.capacity }

  /// Whether no bytes wait.
  @inlinable
  public var isEmpty: Bool { head == storage.count }

  /// The waiting bytes, oldest first.
  @inlinable
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self) get { storage.span.extracting(head..<storage.count) }
  }

  /// Appends a copy of `bytes`.
  @inlinable
  public mutating func append(_ bytes: Span<UInt8>) {
    makeRoom(for: bytes.count)
    storage.append(bytes)
  }

  /// Appends copies of `first` and then `second`, such as a header and its payload, in one step.
  @inlinable
  public mutating func append(_ first: Span<UInt8>, _ second: Span<UInt8>) {
    let count = first.count + second.count
    guard count > 0 else { return }  // nothing may be written into the storage that all empty arrays share
    makeRoom(for: count)
    storage.append(addingCapacity: count) { output in
      output.withUnsafeMutableBufferPointer { target, initialized in
        // `target` has room for `count` bytes: each source is copied to its place in it.
        first.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
        second.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[first.count...])
            .copyMemory(from: $0)
        }
        initialized = count
      }
    }
  }

  /// Appends one byte.
  @inlinable
  public mutating func append(_ byte: UInt8) {
    makeRoom(for: 1)
    storage.append(byte)
  }

  /// Appends the UTF-8 of a literal.
  public mutating func append(_ text: StaticString) {
    makeRoom(for: text.utf8CodeUnitCount)
    storage.append(text)
  }

  /// Takes the memory for `count` bytes more at once, and no more than that.
  public mutating func reserve(_ count: Int) {
    makeRoom(for: count)
    if storage.capacity - storage.count < count { storage.reserveCapacity(storage.count + count) }
  }

  /// Takes the oldest `count` bytes away; at most all of them.
  @inlinable
  public mutating func consume(_ count: Int) {
    head += Swift.min(Swift.max(count, 0), self.count)
    if head == storage.count { removeAll() }
  }

  /// Takes all bytes away and keeps the memory.
  @inlinable
  public mutating func removeAll() {
    storage.clear()
    head = 0
  }

  /// Gives memory back if there are more than `capacity` bytes of it and at most half of them wait.
  public mutating func trim(to capacity: Int = 0) {
    guard storage.capacity > capacity, storage.capacity / 2 >= count else { return }
    var waiting: [UInt8] = []
    if !isEmpty {
      waiting.reserveCapacity(count)
      waiting.append(bytes)
    }
    storage = waiting
    head = 0
  }

  /// Moves the waiting bytes to the front of the array when that saves it from growing.
  @inlinable
  mutating func makeRoom(for extra: Int) {
    // Not for a few dead bytes at the front of many, so that at most eight bytes are moved for each one taken.
    if head > 0, storage.capacity - storage.count < extra, head >= count / 8 {
      storage.removeSubrange(0..<head)
      head = 0
    }
  }
}
