// SPDX-License-Identifier: MIT

// What a connection has yet to send. Small pieces are copied into one queue of bytes; a large body or a large
// frame that goes to many is held by reference, so that one array serves every recipient. A transport takes
// as much as it has room for, in order, as often as it likes.

/// Output in order: copied bytes, with shared arrays between them.
public struct OutputQueue: Sendable {
  /// A shared array, and how many copied bytes go out before it.
  @usableFromInline
  struct SharedPiece: Sendable {
    var precedingCopied: Int
    var bytes: SharedBytes
    var written = 0
  }

  @usableFromInline var copied = ByteQueue()
  @usableFromInline var shared: [SharedPiece] = []
  @usableFromInline var sharedCount = 0

  /// An empty queue; it allocates nothing until output comes.
  public init() {}

  /// How many bytes wait, shared ones included.
  @inlinable
  public var count: Int { copied.count + sharedCount }

  /// Whether nothing waits.
  @inlinable
  public var isEmpty: Bool { copied.isEmpty && sharedCount == 0 }

  /// Appends a copy of `bytes`.
  @inlinable
  public mutating func append(_ bytes: Span<UInt8>) { copied.append(bytes) }

  /// Appends copies of `first` and then `second`, such as a header and its payload, in one step.
  @inlinable
  public mutating func append(_ first: Span<UInt8>, _ second: Span<UInt8>) { copied.append(first, second) }

  /// Appends one byte.
  @inlinable
  public mutating func append(_ byte: UInt8) { copied.append(byte) }

  /// Appends the UTF-8 of a literal.
  public mutating func append(_ text: StaticString) { copied.append(text) }

  /// Appends `bytes` from `offset` on, held by reference: nothing is copied until the transport takes them.
  public mutating func append(shared bytes: SharedBytes, from offset: Int = 0) {
    guard offset >= 0, offset < bytes.count else { return }
    let before = shared.reduce(into: copied.count) { $0 -= $1.precedingCopied }
    shared.append(SharedPiece(precedingCopied: before, bytes: bytes, written: offset))
    sharedCount += bytes.count - offset
  }

  /// Offers the waiting bytes, oldest first, until `accept` takes less than it is offered.
  ///
  /// `accept` says how many of the offered bytes it took; it must do no more than copy them.
  @inlinable
  public mutating func write(_ accept: (Span<UInt8>) -> Int) {
    if sharedCount == 0 {
      guard !copied.isEmpty else { return }
      let taken = accept(copied.bytes)
      copied.consume(taken)
    } else {
      writePieces(accept)
    }
  }

  @usableFromInline
  mutating func writePieces(_ accept: (Span<UInt8>) -> Int) {
    while !shared.isEmpty {
      let due = shared[0].precedingCopied
      if due > 0 {
        let taken = min(max(accept(copied.bytes.extracting(first: due)), 0), due)
        copied.consume(taken)
        shared[0].precedingCopied -= taken
        if taken < due { return }
      }
      let offered = shared[0].bytes.count - shared[0].written
      let piece = shared[0].bytes
      let taken = min(max(accept(piece.span.extracting(last: offered)), 0), offered)
      shared[0].written += taken
      sharedCount -= taken
      if taken < offered { return }
      shared.removeFirst()
    }
    if !copied.isEmpty { copied.consume(accept(copied.bytes)) }
  }

  /// Drops everything that waits.
  public mutating func removeAll() {
    copied.removeAll()
    shared.removeAll(keepingCapacity: true)
    sharedCount = 0
  }

  /// Gives back the memory of an empty queue.
  public mutating func trim(to capacity: Int = 0) {
    copied.trim(to: capacity)
    if shared.isEmpty { shared = [] }
  }
}
