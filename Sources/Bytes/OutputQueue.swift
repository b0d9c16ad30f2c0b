// SPDX-License-Identifier: MIT

// What a connection has yet to send. Small pieces are copied into one queue of bytes; a large body or a large
// frame that goes to many is held by reference, so that one array serves every recipient, and flash is sent from where
// it lies. A transport takes as much as it has room for, in order, as often as it likes.

/// Output in order: copied bytes, with shared arrays between them. It has no limit of its own: who appends sets one.
public struct OutputQueue: Sendable {
  /// Shared bytes, and how many copied ones go out before them.
  @usableFromInline
  struct SharedPiece: Sendable {
    var precedingCopied: Int
    var bytes: SharedBytes
    /// What has yet to go out of `bytes`; never empty.
    var rest: Range<Int>
  }

  @usableFromInline var copied = ByteQueue()
  @usableFromInline var shared: [SharedPiece] = []
  @usableFromInline var sharedCount = 0
  /// The first of `shared` that has yet to go out; those before it are empty, and dropped together.
  private var firstShared = 0
  /// How many copied bytes go out before the last of `shared`.
  private var precedingCopied = 0

  /// Up to so many bytes are copied even so: to remember where they are would take as much memory.
  private static var smallSize: Int { 32 }

  /// An empty queue; it allocates nothing until output comes.
  public init() {}

  /// A queue of `bytes`, held by reference.
  public init(_ bytes: SharedBytes) { append(bytes) }

  /// How many bytes wait, shared ones included.
  @inlinable
  public var count: Int { copied.count &+ sharedCount }  // of what memory holds, and at most an outbox's size

  /// How many of these are copies.
  public var copiedCount: Int { copied.count }

  /// Takes the memory for `count` bytes more that are copied, and no more than that: one that doubles takes up to twice
  /// as much. It does nothing if that is there already.
  public mutating func reserve(_ count: Int) { copied.reserve(count) }

  /// Whether nothing waits.
  @inlinable
  public var isEmpty: Bool { copied.isEmpty && sharedCount == 0 }

  /// Appends a copy of `bytes`.
  @inlinable
  public mutating func append(_ bytes: Span<UInt8>) { copied.append(bytes) }

  /// Appends copies of `first` and then `second`, such as a header and its payload, in one step.
  @inlinable
  public mutating func append(_ first: Span<UInt8>, _ second: Span<UInt8>) { copied.append(first, second) }

  #if !WITHOUT_FAST_PATHS
    /// Appends two bytes and then a copy of `bytes`, such as a short frame's header and its payload, in one step.
    @inlinable
    public mutating func append(_ first: UInt8, _ second: UInt8, _ bytes: Span<UInt8>) {
      copied.append(first, second, bytes)
    }
  #endif

  /// Appends one byte.
  @inlinable
  public mutating func append(_ byte: UInt8) { copied.append(byte) }

  /// Appends the UTF-8 of a literal.
  public mutating func append(_ text: StaticString) { copied.append(text) }

  /// Appends `bytes`, held by reference: unless they are few (32 at most), nothing is copied until the transport takes
  /// them.
  public mutating func append(_ bytes: SharedBytes) { append(bytes, 0..<bytes.count) }

  /// Appends those of `bytes` that `range` names, as far as there are such, by the same rule.
  public mutating func append(_ bytes: SharedBytes, _ range: Range<Int>) {
    let range = range.clamped(to: 0..<bytes.count)
    guard range.count > Self.smallSize else { return copied.append(bytes.span.extracting(range)) }
    shared.append(SharedPiece(precedingCopied: copied.count - precedingCopied, bytes: bytes, rest: range))
    precedingCopied = copied.count
    sharedCount += range.count
  }

  /// Appends what waits in `other`; what that holds by reference is held so here, too.
  public mutating func append(_ other: OutputQueue) {
    var start = 0
    for piece in other.shared[other.firstShared...] {
      copied.append(other.copied.bytes.extracting(start..<start + piece.precedingCopied))
      append(piece.bytes, piece.rest)
      start += piece.precedingCopied
    }
    copied.append(other.copied.bytes.extracting(droppingFirst: start))
  }

  /// Offers the waiting bytes, oldest first, until `accept` takes less than it is offered.
  ///
  /// `accept` says how many of the offered bytes it took: a negative number counts as none, one that is too large as
  /// all. It must do no more than copy them.
  #if hasFeature(Embedded)
    @inlinable
  #else
    @inlinable @inline(__always)
  #endif
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
    while firstShared < shared.count {
      let due = shared[firstShared].precedingCopied
      if due > 0 {
        let taken = min(max(accept(copied.bytes.extracting(first: due)), 0), due)
        copied.consume(taken)
        shared[firstShared].precedingCopied -= taken
        precedingCopied -= taken
        if taken < due { return }
      }
      let (bytes, rest) = (shared[firstShared].bytes, shared[firstShared].rest)
      let taken = min(max(accept(bytes.span.extracting(rest)), 0), rest.count)
      shared[firstShared].rest = rest.lowerBound + taken..<rest.upperBound
      sharedCount -= taken
      if taken < rest.count { return }
      dropFirstShared()
    }
    if !copied.isEmpty { copied.consume(accept(copied.bytes)) }
  }

  /// Lets go of the first shared piece. The places of those that have gone are closed when they are half of all, so
  /// that each piece is moved at most once for one that went.
  private mutating func dropFirstShared() {
    shared[firstShared].bytes = SharedBytes([])
    firstShared += 1
    guard firstShared >= shared.count - firstShared else { return }
    shared.removeFirst(firstShared)
    firstShared = 0
  }

  /// Drops everything that waits.
  public mutating func removeAll() {
    copied.removeAll()
    shared.removeAll(keepingCapacity: true)
    (sharedCount, firstShared, precedingCopied) = (0, 0, 0)
  }

  /// Gives memory back: that of copies by the rule of `ByteQueue.trim(to:)`, and the list of shared pieces if it is
  /// empty.
  public mutating func trim(to capacity: Int = 0) {
    copied.trim(to: capacity)
    if shared.isEmpty { shared = [] }
  }
}
