// SPDX-License-Identifier: MIT

// The sizes of a QR code, and from bytes to codewords with those that correct them. Source: ISO/IEC 18004:2015,
// sections 7.4.5 (byte mode), 7.4.9 and 7.4.10 (terminator and padding), 7.5 and 7.6 (blocks), table 9, annex A.

/// A size of a code.
struct Version {
  let number: Int
  /// All codewords.
  let count: Int
  /// With low and with medium correction: into how many blocks the data is cut, all of one length, and how many
  /// codewords correct each.
  let low: (blocks: Int, correcting: Int)
  let medium: (blocks: Int, correcting: Int)

  static let all = [
    Version(number: 1, count: 26, low: (1, 7), medium: (1, 10)),
    Version(number: 2, count: 44, low: (1, 10), medium: (1, 16)),
    Version(number: 3, count: 70, low: (1, 15), medium: (1, 26)),
    Version(number: 4, count: 100, low: (1, 20), medium: (2, 18)),
    Version(number: 5, count: 134, low: (1, 26), medium: (2, 24)),
    Version(number: 6, count: 172, low: (2, 18), medium: (4, 16)),
  ]

  /// How many codewords there are for data, of which two minus half a byte say the mode and the length.
  func dataCount(_ correction: QRCode.Correction) -> Int {
    let (blocks, correcting) = correction == .low ? low : medium
    return count - blocks * correcting
  }

  /// The codewords for bytes that fit.
  func codewords(of bytes: [UInt8], _ correction: QRCode.Correction) -> [UInt8] {
    let (blocks, correcting) = correction == .low ? low : medium
    // The mode 0100, the count and the bytes are half a byte off; the terminator 0000 fills the last.
    var halves: [UInt8] = [4]
    for byte in [UInt8(clamping: bytes.count)] + bytes { halves += [byte >> 4, byte & 0xF] }
    halves.append(0)
    var data: [UInt8] = []
    for index in stride(from: 0, to: halves.count, by: 2) { data.append(halves[index] << 4 | halves[index + 1]) }
    while data.count < dataCount(correction) { data.append((data.count - bytes.count) % 2 == 0 ? 0xEC : 0x11) }
    let length = data.count / blocks
    let parts = (0..<blocks).map { Array(data[$0 * length..<($0 + 1) * length]) }
    let corrections = parts.map { ReedSolomon.remainder(of: $0, degree: correcting) }
    // The first of each block, then the second of each, and so on: a spot of dirt hits all a little.
    var codewords: [UInt8] = []
    for index in 0..<length { codewords += parts.map { $0[index] } }
    for index in 0..<correcting { codewords += corrections.map { $0[index] } }
    return codewords
  }
}

/// Reed-Solomon codes over the field of 256 elements with the polynomial x⁸ + x⁴ + x³ + x² + 1.
enum ReedSolomon {
  /// The remainder of the data, as a polynomial, divided by (x - 1)(x - 2)(x - 4)… with `degree` factors.
  static func remainder(of data: [UInt8], degree: Int) -> [UInt8] {
    var generator: [UInt8] = Array(repeating: 0, count: degree - 1) + [1]  // without its first coefficient, which is 1
    var root: UInt8 = 1
    for _ in 0..<degree {
      for index in 0..<degree {
        generator[index] = multiply(generator[index], root) ^ (index + 1 < degree ? generator[index + 1] : 0)
      }
      root = multiply(root, 2)
    }
    var rest: [UInt8] = Array(repeating: 0, count: degree)
    for byte in data {
      let factor = byte ^ rest.removeFirst()
      rest.append(0)
      for index in 0..<degree { rest[index] ^= multiply(generator[index], factor) }
    }
    return rest
  }

  /// The product of two elements.
  static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var product: UInt8 = 0
    for bit in (0..<8).reversed() {
      product = product << 1 ^ (product & 0x80 == 0 ? 0 : 0x1D)
      if right >> UInt8(bit) & 1 == 1 { product ^= left }
    }
    return product
  }
}
