// SPDX-License-Identifier: MIT

// SHA-1 (FIPS 180-4 sections 5.1.1, 5.3.1 and 6.1.2; also RFC 3174). RFC 6455 section 4.2.2 needs it for the
// accept key of a WebSocket handshake, where it proves no secret. It is broken as a signature: use it for
// nothing that an attacker may choose. Whole blocks are read where they lie; only a partial one is kept.

/// A SHA-1 computation that takes its message in pieces of any size.
public struct SHA1: Sendable {
  /// The twenty bytes of the result.
  public typealias Digest = InlineArray<20, UInt8>

  private typealias Block = InlineArray<16, UInt32>
  private static let blockSize = 64

  /// H of section 6.1.2, from its initial value of section 5.3.1 on.
  private var chain: InlineArray<5, UInt32> = [
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0,
  ]
  /// The bytes of a block that is not full yet, in its first `filled` places.
  private var partial = InlineArray<64, UInt8>(repeating: 0)
  private var filled = 0
  private var messageLength: UInt64 = 0

  /// A computation that has seen no bytes.
  public init() {}

  /// The digest of `bytes`.
  public static func digest(of bytes: Span<UInt8>) -> Digest {
    var hash = SHA1()
    hash.update(bytes)
    return hash.finish()
  }

  /// Takes the next bytes of the message.
  public mutating func update(_ bytes: Span<UInt8>) {
    messageLength &+= UInt64(bytes.count)  // 2^64 bytes never come; section 1 limits a message to 2^64 bits
    var index = 0
    if filled > 0 {
      index = min(Self.blockSize - filled, bytes.count)
      keep(bytes.extracting(first: index))
      guard filled == Self.blockSize else { return }
      filled = 0
      compress(Self.block(of: partial.span, at: 0))
    }
    while bytes.count - index >= Self.blockSize {
      compress(Self.block(of: bytes, at: index))
      index += Self.blockSize
    }
    keep(bytes.extracting(index..<bytes.count))
  }

  /// Takes the UTF-8 of a literal as the next bytes of the message.
  public mutating func update(_ text: StaticString) { update(text.span) }

  /// Ends the message; the computation is used up.
  public consuming func finish() -> Digest {
    // Section 5.1.1: a one bit, zeros up to eight bytes before the end of a block, the length in bits.
    let bitLength = messageLength &* 8
    var padding = InlineArray<72, UInt8>(repeating: 0)
    padding[0] = 0x80
    let zerosEnd = filled < 56 ? 56 - filled : 120 - filled
    for index in 0..<8 {
      padding[zerosEnd + index] = UInt8(truncatingIfNeeded: bitLength >> UInt64(56 - 8 * index))
    }
    update(padding.span.extracting(first: zerosEnd + 8))

    var digest = Digest(repeating: 0)
    for index in digest.indices {
      digest[index] = UInt8(truncatingIfNeeded: chain[index / 4] >> UInt32(24 - 8 * (index % 4)))
    }
    return digest
  }

  /// Stores bytes that do not fill a block; the caller has checked that there is room.
  private mutating func keep(_ bytes: Span<UInt8>) {
    for index in bytes.indices { partial[filled + index] = bytes[index] }
    filled += bytes.count
  }

  /// The sixteen big-endian words of the block at `offset`.
  private static func block(of bytes: Span<UInt8>, at offset: Int) -> Block {
    let raw = bytes.bytes.extracting(offset..<offset + blockSize)
    return Block { UInt32(bigEndian: raw.unsafeLoadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
  }

  /// Hashes one block as section 6.1.3 does: the schedule is sixteen words that are overwritten.
  private mutating func compress(_ block: Block) {
    var schedule = block
    var (a, b, c, d, e) = (chain[0], chain[1], chain[2], chain[3], chain[4])

    // All sums are modulo 2^32 (section 2.2.2).
    func step(_ word: UInt32, _ mixed: UInt32, _ constant: UInt32) {
      let sum = Self.rotate(a, 5) &+ mixed &+ e &+ constant &+ word
      (a, b, c, d, e) = (sum, a, Self.rotate(b, 30), c, d)
    }
    func next(_ t: Int) -> UInt32 {
      let mixed = schedule[(t + 13) & 15] ^ schedule[(t + 8) & 15] ^ schedule[(t + 2) & 15] ^ schedule[t & 15]
      schedule[t & 15] = Self.rotate(mixed, 1)
      return schedule[t & 15]
    }
    for t in 0..<16 { step(schedule[t], (b & c) ^ (~b & d), 0x5A82_7999) }
    for t in 16..<20 { step(next(t), (b & c) ^ (~b & d), 0x5A82_7999) }
    for t in 20..<40 { step(next(t), b ^ c ^ d, 0x6ED9_EBA1) }
    for t in 40..<60 { step(next(t), (b & c) ^ (b & d) ^ (c & d), 0x8F1B_BCDC) }
    for t in 60..<80 { step(next(t), b ^ c ^ d, 0xCA62_C1D6) }

    chain[0] &+= a
    chain[1] &+= b
    chain[2] &+= c
    chain[3] &+= d
    chain[4] &+= e
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }
}
