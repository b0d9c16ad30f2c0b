// SPDX-License-Identifier: MIT

// CRC-32 against the check value of the CRC catalogue and against Python's zlib.

import Bytes
import ConformanceSupport
import Testing

@Suite struct CRC32Tests {
  /// The first is the check value of the CRC catalogue, the others are zlib's.
  @Test(arguments: [
    (bytes("123456789"), 0xCBF4_3926), ([], 0), ([0], 0xD202_EF8D), (bytes("a"), 0xE8B7_BE43),
    (bytes("abc"), 0x3524_41C2), (bytes("The quick brown fox jumps over the lazy dog"), 0x414F_A339),
    ([UInt8](repeating: 0, count: 32), 0x190A_55AD), ([UInt8](repeating: 0xFF, count: 32), 0xFF6C_AB0B),
    (Array(UInt8.min ... .max), 0x2905_8C73),
  ] as [([UInt8], UInt32)])
  func checksumsAreThoseOfZlib(_ content: [UInt8], _ checksum: UInt32) {
    #expect(CRC32.checksum(of: content.span) == checksum)
  }

  /// In Python: `crc32(bytes((i * i >> 3) & 255 for i in range(65536)))`.
  @Test func aLongContentAgreesWithZlib() {
    let content = (0..<65_536).map { UInt8(truncatingIfNeeded: ($0 * $0) >> 3) }
    #expect(CRC32.checksum(of: content.span) == 0x2A29_DA06)
  }

  /// In Python, one checksum over three hundred:
  /// `crc32(b"".join(crc32(bytes((31 * i + n) & 255 for i in range(n))).to_bytes(4, "little") for n in range(300)))`.
  @Test func everyLengthAgreesWithZlib() {
    var checksums: [UInt8] = []
    for length in 0..<300 {
      let content = (0..<length).map { UInt8(truncatingIfNeeded: 31 * $0 + length) }
      let checksum = CRC32.checksum(of: content.span)
      for shift in [0, 8, 16, 24] as [UInt32] { checksums.append(UInt8(truncatingIfNeeded: checksum >> shift)) }
    }
    #expect(CRC32.checksum(of: checksums.span) == 0x457C_523E)
  }
}
