// SPDX-License-Identifier: MIT

// CRC-32, the checksum of gzip and Ethernet (ISO 3309; RFC 1952 section 8). It finds accidental damage, and is no
// protection against an attacker. Four bits at a time: a table of 64 bytes costs a small board little flash, and checks
// a large file on a host half as fast as one of 1 KB, eight times as fast as none.

/// The CRC-32 checksum.
public enum CRC32 {
  /// The checksum of `bytes`.
  public static func checksum(of bytes: Span<UInt8>) -> UInt32 {
    var remainder: UInt32 = 0xFFFF_FFFF
    for index in bytes.indices {
      remainder ^= UInt32(bytes[index])
      remainder = remainder >> 4 ^ table[Int(remainder & 0xF)]
      remainder = remainder >> 4 ^ table[Int(remainder & 0xF)]
    }
    return ~remainder
  }

  /// What each four bits leave when the reflected polynomial 0xEDB88320 divides them.
  private static let table: InlineArray<16, UInt32> = [
    0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC, 0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158, 0x5005_713C,
    0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C, 0x9B64_C2B0, 0x86D3_D2D4, 0xA00A_E278, 0xBDBD_F21C,
  ]
}
