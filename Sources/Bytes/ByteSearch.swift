// SPDX-License-Identifier: MIT

// Looking for a byte: one, one that is not ASCII, a control character. Eight are looked at in one step, since most of the
// server's time with a request goes into such searches.
//
// A step makes a word with the highest bit set in each byte that is meant. Those below the lowest such bit are exact; above
// it a borrow may set others, which is why only the lowest is read. (H. S. Warren, Hacker's Delight, section 6-1.)

extension Span<UInt8> {
  /// The first position of `byte` at or after `start`, or nil. A negative `start` is a trap.
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    let copies = ones &* UInt64(byte)
    return firstIndex(from: start, inWord: { zeros(in: $0 ^ copies) }, where: { $0 == byte })
  }

  /// The first position at or after `start` of a control character: below the space, or DEL; or nil. A negative `start`
  /// is a trap.
  public func firstIndexOfControl(from start: Int = 0) -> Int? {
    firstIndex(
      from: start,
      inWord: { ($0 &- ones &* 0x20) & ~$0 & highBits | zeros(in: $0 ^ ones &* 0x7F) },
      where: { $0 < 0x20 || $0 == 0x7F })
  }

  /// The first position at or after `start` of a byte that is not ASCII, or nil.
  @inline(__always)
  func firstIndexBeyondASCII(from start: Int) -> Int? {
    firstIndex(from: start, inWord: { $0 & highBits }, where: { $0 >= 0x80 })
  }

  @inline(__always)
  private func firstIndex(
    from start: Int, inWord meant: (UInt64) -> UInt64, where isMeant: (UInt8) -> Bool
  ) -> Int? {
    var index = start
    #if !WITHOUT_FAST_PATHS
      precondition(start >= 0)
      let raw = bytes
      while index <= count &- 8 {
        // Eight bytes from `index` on are there: it is not negative, and the condition says so.
        let found = meant(UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)))
        if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
        index &+= 8
      }
    #endif
    while index < count {
      if isMeant(self[index]) { return index }
      index &+= 1
    }
    return nil
  }
}

/// A one in each byte.
private let ones: UInt64 = 0x0101_0101_0101_0101
/// The highest bit of each byte.
private let highBits: UInt64 = 0x8080_8080_8080_8080

/// The highest bit of each byte that is zero; above the lowest of these, of others, too.
@inline(__always)
private func zeros(in word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }
