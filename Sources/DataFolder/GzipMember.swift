// SPDX-License-Identifier: MIT

// Whether a `.gz` file is the compressed form of the file beside it, by what its trailer says of the content.
// Times alone do not tell: a copy or a checkout sets them as it goes.
// Source: RFC 1952 section 2.3 (one member and its fields).

import Bytes

enum GzipMember {
  /// Whether `bytes` are one gzip member of content as long as `plain` and with its checksum.
  static func isCompressed(_ bytes: [UInt8], from plain: [UInt8]) -> Bool {
    // ID1, ID2 and CM (deflate) open a header of ten bytes; CRC32 and ISIZE, low byte first, end the member.
    guard bytes.count >= 18, bytes.starts(with: [0x1F, 0x8B, 8]) else { return false }
    let trailer = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return UInt32(truncatingIfNeeded: trailer >> 32) == UInt32(truncatingIfNeeded: plain.count)
      && UInt32(truncatingIfNeeded: trailer) == CRC32.checksum(of: plain.span)
  }
}
