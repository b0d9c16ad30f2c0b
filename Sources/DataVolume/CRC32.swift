// SPDX-License-Identifier: MIT

// The checksum of an image, that of gzip and Ethernet (ISO 3309; RFC 1952 section 8). Once at a start it may take a
// step for each bit; a table would take 1 KB of flash.

enum CRC32 {
  static func checksum(of bytes: Span<UInt8>) -> UInt32 {
    var remainder: UInt32 = 0xFFFF_FFFF
    for index in bytes.indices {
      remainder ^= UInt32(bytes[index])
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    return ~remainder
  }
}
