// SPDX-License-Identifier: MIT

// The heap: first fit over one stretch of memory, its free blocks in a list by address.
// Rule: blocks cover the memory without a gap. A block is a header of four bytes (its size, and a bit for "in use") and
// what it holds; a free one holds the position of the next free one. Two free blocks never touch: freeing joins them at
// once. Positions are offsets, so that a test on a 64-bit host runs the very same code.

/// An allocator over memory that it is given, which it never leaves.
public struct FirstFitHeap: ~Copyable {
  /// Bytes in blocks in use, headers and rounding included.
  public private(set) var used: UInt32 = 0
  /// The most that `used` ever was.
  public private(set) var peak: UInt32 = 0
  /// Bytes there are for blocks.
  public let capacity: UInt32
  /// Blocks in use.
  public private(set) var allocations: UInt32 = 0

  private let base: UnsafeMutableRawPointer
  private var firstFree: UInt32

  private static let headerSize: UInt32 = 4
  private static let granule: UInt32 = 8  // sizes are multiples of it, and what a block holds begins on one
  private static let inUse: UInt32 = 1
  private static let none = UInt32.max

  /// A heap without memory: nothing can be allocated.
  public init() {
    base = UnsafeMutableRawPointer(bitPattern: 1)!  // any address: no block is there
    capacity = 0
    firstFree = Self.none
  }

  /// Takes over `memory`, at least 16 bytes and below 2 GB.
  public init(_ memory: UnsafeMutableRawBufferPointer) {
    // The first header is four bytes before a multiple of eight, and so is every other.
    let granule = UInt(Self.granule)
    let start = UInt(bitPattern: memory.baseAddress)
    let end = start + UInt(memory.count)
    let first = (start + UInt(Self.headerSize) + granule - 1) / granule * granule - UInt(Self.headerSize)
    base = memory.baseAddress! + Int(first - start)
    capacity = UInt32((end - first) / granule * granule)
    firstFree = 0
    setHeader(of: 0, to: capacity)
    setNext(of: 0, to: Self.none)
  }

  /// Gives `size` bytes at a multiple of `alignment` (a power of two; eight at least), or nil if no gap is so large.
  public mutating func allocate(_ size: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0, size <= Int(capacity) else { return nil }
    let needed = (max(UInt32(size), Self.headerSize) + Self.headerSize + Self.granule - 1) / Self.granule * Self.granule
    var previous = Self.none
    var block = firstFree
    while block != Self.none {
      let gap = gap(before: block, alignment: UInt(alignment))
      let available = header(of: block)  // a free block's header is its size alone
      if gap <= available, available - gap >= needed {
        return take(needed, of: block, after: gap, previous: previous)
      }
      previous = block
      block = next(of: block)
    }
    return nil
  }

  /// Takes back what `allocate` gave; false, and nothing done, if `pointer` is not that of a block in use.
  public mutating func free(_ pointer: UnsafeMutableRawPointer) -> Bool {
    let distance = pointer - base
    guard distance >= Int(Self.headerSize), distance < Int(capacity) else { return false }
    let block = UInt32(distance) - Self.headerSize
    guard block % Self.granule == 0, header(of: block) & Self.inUse != 0 else { return false }
    var size = header(of: block) & ~Self.inUse
    guard size <= capacity - block else { return false }
    used -= size
    allocations -= 1

    var previous = Self.none
    var following = firstFree
    while following != Self.none, following < block {
      previous = following
      following = next(of: following)
    }
    if following == block + size {
      size += header(of: following)
      following = next(of: following)
    }
    if previous != Self.none, previous + header(of: previous) == block {
      setHeader(of: previous, to: header(of: previous) + size)
      setNext(of: previous, to: following)
    } else {
      setHeader(of: block, to: size)
      setNext(of: block, to: following)
      link(block, after: previous)
    }
    return true
  }

  /// The size of the largest free block, less its header: 0 if all is in use.
  public var largestFree: UInt32 {
    var largest = Self.headerSize
    var block = firstFree
    while block != Self.none {
      largest = max(largest, header(of: block))
      block = next(of: block)
    }
    return largest - Self.headerSize
  }

  /// Puts `needed` bytes of the free `block` to use, from `gap` on; what is left on both sides stays free.
  private mutating func take(
    _ needed: UInt32, of block: UInt32, after gap: UInt32, previous: UInt32
  ) -> UnsafeMutableRawPointer {
    let taken = block + gap
    let rest = header(of: block) - gap - needed
    var following = next(of: block)
    if rest > 0 {
      let remainder = taken + needed
      setHeader(of: remainder, to: rest)
      setNext(of: remainder, to: following)
      following = remainder
    }
    if gap > 0 {
      setHeader(of: block, to: gap)
      setNext(of: block, to: following)
    } else {
      link(following, after: previous)
    }
    setHeader(of: taken, to: needed | Self.inUse)
    used += needed
    peak = max(peak, used)
    allocations += 1
    return base + Int(taken + Self.headerSize)
  }

  /// How many bytes of the free `block` must stay before one whose content is aligned; a multiple of a granule.
  private func gap(before block: UInt32, alignment: UInt) -> UInt32 {
    let content = UInt(bitPattern: base) + UInt(block + Self.headerSize)
    return UInt32(truncatingIfNeeded: (0 &- content) & (alignment - 1))
  }
}

/// The words in the memory. Every position here was checked, or came from a header.
extension FirstFitHeap {
  private func header(of block: UInt32) -> UInt32 {
    base.load(fromByteOffset: Int(block), as: UInt32.self)
  }

  private func setHeader(of block: UInt32, to value: UInt32) {
    base.storeBytes(of: value, toByteOffset: Int(block), as: UInt32.self)
  }

  private func next(of block: UInt32) -> UInt32 {
    base.load(fromByteOffset: Int(block + Self.headerSize), as: UInt32.self)
  }

  private func setNext(of block: UInt32, to value: UInt32) {
    base.storeBytes(of: value, toByteOffset: Int(block + Self.headerSize), as: UInt32.self)
  }

  private mutating func link(_ block: UInt32, after previous: UInt32) {
    if previous == Self.none {
      firstFree = block
    } else {
      setNext(of: previous, to: block)
    }
  }
}
