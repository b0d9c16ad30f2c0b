// SPDX-License-Identifier: MIT

// Taking the mask off a payload while it is copied: each byte of the result is the byte on the wire
// exclusive-or the byte of the key at its place modulo four. RFC 6455 section 5.3.
//
// This file alone of the module uses unsafe pointers: it is where every received byte passes, eight go at a
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
}

extension [UInt8] {
  /// Becomes `payload` without its mask, and says whether that is all ASCII: then its UTF-8 needs no look.
  mutating func replaceAll(with payload: Span<UInt8>, unmaskedWith key: MaskingKey) -> Bool {
    guard count == payload.count else {
      clear()
      return append(payload, unmaskedWith: key)
    }
    // As long as the payload before it, which is how messages often come: the array stays as it is.
    return withUnsafeMutableBytes { target in
      payload.withUnsafeBytes { source in unmask(source, into: target, key) }
    }
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

/// Copies `source` to the start of `target`, which does not overlap it, taking the mask off; says whether the
/// result is all ASCII.
///
/// What is left after whole steps of eight bytes (or four) is done by one more step that ends with the
/// payload and does some bytes twice.
private func unmask(
  _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, _ key: MaskingKey
) -> Bool {
  let count = source.count
  precondition(target.count >= count, "both callers make room for the whole payload")
  guard let from = source.baseAddress, let to = target.baseAddress else { return true }  // no bytes, no address
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
  return seen & 0x8080_8080_8080_8080 == 0
}
