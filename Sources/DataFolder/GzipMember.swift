// SPDX-License-Identifier: MIT

// Whether a `.gz` file is the compressed form of the file beside it, by what its trailer says of the content.
// Times alone do not tell: a copy or a checkout sets them as it goes.
// Source: RFC 1952 section 2.3 (one member and its fields).

enum GzipMember {
  /// The CRC-32 of the content and its length modulo 2^32, as the end of one gzip member has them; nil if `bytes` do
  /// not begin as one.
  static func trailer(of bytes: [UInt8]) -> (checksum: UInt32, length: UInt32)? {
    // ID1, ID2 and CM (deflate) open a header of ten bytes; CRC32 and ISIZE, low byte first, end the member.
    guard bytes.count >= 18, bytes.starts(with: [0x1F, 0x8B, 8]) else { return nil }
    let trailer = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return (UInt32(truncatingIfNeeded: trailer), UInt32(truncatingIfNeeded: trailer >> 32))
  }
}
