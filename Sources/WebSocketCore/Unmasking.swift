// SPDX-License-Identifier: MIT

// Taking the mask off a payload while it is copied: each byte of the result is the byte on the wire
// exclusive-or the byte of the key at its place modulo four. RFC 6455 section 5.3.
//
// This file alone of the module uses unsafe pointers: it is where every received byte passes, sixteen go at a
// time, and a checked subscript would cost more than the work. The one function that sees the pointers checks
// its counts once.

import Bytes

/// The four bytes that a client masks a frame's payload with.
struct MaskingKey: Sendable {
  /// The key, its next byte lowest.
  private var bits: UInt32

  init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    bits = UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16 | UInt32(fourth) << 24
  }

  /// Moves on by `count` bytes of payload.
  mutating func advance(by count: Int) {
    self = advanced(by: count)
  }

  fileprivate func advanced(by count: Int) -> MaskingKey {
    var key = self
    let shift = UInt32(truncatingIfNeeded: count & 3) * 8
    key.bits = bits &>> shift | bits &<< (32 &- shift)  // a shift by 32 is a shift by 0: the same bits twice
    return key
  }

  fileprivate var four: UInt32 { bits }
  fileprivate var eight: UInt64 { UInt64(bits) << 32 | UInt64(bits) }
  #if !WITHOUT_FAST_PATHS
    fileprivate var sixteen: SIMD2<UInt64> { SIMD2(repeating: UInt64(littleEndian: eight)) }
  #endif
}

extension [UInt8] {
  /// Becomes `payload` without its mask, and says whether that is all ASCII: then its UTF-8 needs no look.
  #if !hasFeature(Embedded)
    @inline(__always)
  #endif
  mutating func replaceAll(with payload: Span<UInt8>, unmaskedWith key: MaskingKey) -> Bool {
    guard count == payload.count else { return become(payload, unmaskedWith: key) }
    // As long as the payload before it, which is how messages often come: the array stays as it is.
    return withUnsafeMutableBytes { target in
      payload.withUnsafeBytes { source in unmask(source, into: target, key) }
    }
  }

  #if !hasFeature(Embedded)
    @inline(never)
  #endif
  private mutating func become(_ payload: Span<UInt8>, unmaskedWith key: MaskingKey) -> Bool {
    clear()
    return append(payload, unmaskedWith: key)
  }

  /// Appends `payload` without its mask, and says whether it is all ASCII.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func append(_ payload: Span<UInt8>, unmaskedWith key: MaskingKey) -> Bool {
    // An empty array's storage is shared by all, and the call below would write a count of 0 into it.
    guard payload.count > 0 else { return true }
    var isASCII = true
    append(addingCapacity: payload.count) { output in
      output.withUnsafeMutableBufferPointer { target, initialized in
        payload.withUnsafeBytes { source in
          isASCII = unmask(source, into: UnsafeMutableRawBufferPointer(target), key)
          initialized = source.count
        }
      }
    }
    return isASCII
  }
}

/// The bits that no byte of ASCII has.
private let highBits: UInt64 = 0x8080_8080_8080_8080

/// Copies `source` to the start of `target`, which does not overlap it, taking the mask off; says whether the
/// result is all ASCII.
#if !hasFeature(Embedded)
  @inline(__always)
#endif
private func unmask(
  _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, _ key: MaskingKey
) -> Bool {
  precondition(target.count >= source.count, "both callers make room for the whole payload")
  guard let from = source.baseAddress, let to = target.baseAddress else { return true }  // no bytes, no address
  #if !WITHOUT_FAST_PATHS  // which need registers of that size
    if source.count >= 16 { return unmaskBySixteen(from, to, source.count, key) }
  #endif
  return unmaskByEight(from, to, source.count, key)
}

// Both take `count` bytes at each address. What is left after whole steps is done by one more step that ends with the
// payload and does some bytes twice.

#if !WITHOUT_FAST_PATHS
  /// The same for 16 bytes and more.
  @inline(__always)
  private func unmaskBySixteen(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ key: MaskingKey
  ) -> Bool {
    var seen = SIMD2<UInt64>()

    func step(_ offset: Int, _ mask: SIMD2<UInt64>) {
      let words = from.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self) ^ mask
      to.storeBytes(of: words, toByteOffset: offset, as: SIMD2<UInt64>.self)
      seen |= words
    }

    let last = count &- 16
    var offset = 0
    while offset < last {
      step(offset, key.sixteen)
      offset &+= 16  // below `count`
    }
    step(last, key.advanced(by: last).sixteen)
    return (seen[0] | seen[1]) & highBits == 0
  }
#endif

/// The same for any number of bytes, by eight or by four.
#if !hasFeature(Embedded)
  @inline(never)
#endif
private func unmaskByEight(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ key: MaskingKey
) -> Bool {
  var seen: UInt64 = 0

  func step<Word: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ mask: Word) {
    let word = from.loadUnaligned(fromByteOffset: offset, as: Word.self) ^ Word(littleEndian: mask)
    to.storeBytes(of: word, toByteOffset: offset, as: Word.self)
    seen |= UInt64(truncatingIfNeeded: word)
  }

  var offset = 0
  if count >= 8 {
    let last = count - 8
    while offset < last {
      step(offset, key.eight)
      offset &+= 8  // below `count`; a check for overflow here would keep the loop from being vectorized
    }
    step(last, key.advanced(by: last).eight)
  } else if count >= 4 {
    step(0, key.four)
    step(count - 4, key.advanced(by: count).four)
  } else {
    while offset < count {
      step(offset, UInt8(truncatingIfNeeded: key.advanced(by: offset).four))
      offset += 1
    }
  }
  return seen & highBits == 0
}
