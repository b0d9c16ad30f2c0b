// SPDX-License-Identifier: MIT

// A text as a QR code, for a phone that is to open the device's page: the bytes of up to 134 characters, which is more
// than any address needs, so that there are neither versions above 6 (which say their number in the code) nor modes.
// Source: ISO/IEC 18004:2015; the sections are named at each step.

/// A QR code: a square of dark and light modules.
public struct QRCode: Equatable, Sendable {
  /// How much of a code may be hidden or wrong and still be read.
  public enum Correction: Sendable {
    /// About 7 %.
    case low
    /// About 15 %.
    case medium
  }

  /// How many modules each side has, without the light margin of four around it (section 5.3.8).
  public let size: Int
  private var modules: [Bool]
  /// Whether a module belongs to a pattern, and not to the data.
  private var isFixed: [Bool]

  /// The smallest code for these bytes, which readers take for UTF-8 or Latin 1; nil if there are more than 134 of
  /// them, or 106 with medium correction.
  public init?(_ bytes: [UInt8], correction: Correction = .medium) {
    self.init(bytes, correction: correction, mask: nil)
  }

  /// Whether a module is dark; those outside the code are light.
  public subscript(row: Int, column: Int) -> Bool {
    guard 0..<size ~= row, 0..<size ~= column else { return false }
    return modules[row * size + column]
  }

  /// The code with a certain mask, or with the best one (section 7.8.3).
  init?(_ bytes: [UInt8], correction: Correction, mask: Int?) {
    guard let version = Version.all.first(where: { $0.dataCount(correction) >= bytes.count + 2 }) else { return nil }
    size = 17 + 4 * version.number
    modules = Array(repeating: false, count: size * size)
    isFixed = modules
    drawPatterns(version)
    drawFormat(correction, mask: 0)  // takes the place
    draw(version.codewords(of: bytes, correction))
    let masks = mask.map { [$0] } ?? Array(0..<8)
    let codes = masks.map { masked($0, correction) }
    guard let best = codes.min(by: { $0.penalty < $1.penalty }) else { return nil }
    modules = best.modules
  }

  // MARK: Patterns

  private mutating func set(_ row: Int, _ column: Int, _ isDark: Bool) {
    guard 0..<size ~= row, 0..<size ~= column else { return }
    modules[row * size + column] = isDark
    isFixed[row * size + column] = true
  }

  /// Finders with their separators, timing, alignment, and the dark module (sections 6.3.3 to 6.3.6 and 7.9.1).
  private mutating func drawPatterns(_ version: Version) {
    for index in 0..<size {
      set(6, index, index % 2 == 0)
      set(index, 6, index % 2 == 0)
    }
    for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] {
      drawSquares(row, column, reach: 4) { $0 != 2 && $0 != 4 }
    }
    if version.number > 1 { drawSquares(size - 7, size - 7, reach: 2) { $0 != 1 } }
    set(size - 8, 8, true)
  }

  private mutating func drawSquares(_ row: Int, _ column: Int, reach: Int, isDark: (_ distance: Int) -> Bool) {
    for y in -reach...reach {
      for x in -reach...reach { set(row + y, column + x, isDark(max(abs(y), abs(x)))) }
    }
  }

  /// The correction and the mask, twice, with a code of their own (section 7.9.1, annex C).
  private mutating func drawFormat(_ correction: Correction, mask: Int) {
    let data = (correction == .low ? 0b01 : 0b00) << 3 | mask
    var rest = data << 10
    for bit in (10..<15).reversed() where rest >> bit & 1 == 1 { rest ^= 0b101_0011_0111 << (bit - 10) }
    let bits = (data << 10 | rest) ^ 0b10101_0000_010010
    for index in 0..<15 {
      let isDark = bits >> index & 1 == 1
      switch index {  // around the first finder: down its right side, and back along its lower one
      case 0...5: set(index, 8, isDark)
      case 6...7: set(index + 1, 8, isDark)
      case 8: set(8, 7, isDark)
      default: set(8, 14 - index, isDark)
      }
      if index < 8 { set(8, size - 1 - index, isDark) } else { set(size - 15 + index, 8, isDark) }
    }
  }

  // MARK: Data

  /// Places the bits from the lower right corner on, in columns of two, upwards and downwards (section 7.7.3).
  private mutating func draw(_ codewords: [UInt8]) {
    var bit = 0
    var isUpwards = true
    for right in stride(from: size - 1, to: 0, by: -2) {
      let right = right <= 6 ? right - 1 : right  // the column of the timing pattern is passed over
      for step in 0..<size {
        let row = isUpwards ? size - 1 - step : step
        for column in [right, right - 1] where !isFixed[row * size + column] {
          if bit < codewords.count * 8 {
            modules[row * size + column] = codewords[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
          }
          bit += 1
        }
      }
      isUpwards.toggle()
    }
  }

  /// This code with the data inverted where the mask says so (section 7.8.2).
  private func masked(_ mask: Int, _ correction: Correction) -> QRCode {
    var code = self
    for y in 0..<size {
      for x in 0..<size where !isFixed[y * size + x] {
        let isInverted =
          switch mask {
          case 0: (y + x) % 2 == 0
          case 1: y % 2 == 0
          case 2: x % 3 == 0
          case 3: (y + x) % 3 == 0
          case 4: (y / 2 + x / 3) % 2 == 0
          case 5: y * x % 2 + y * x % 3 == 0
          case 6: (y * x % 2 + y * x % 3) % 2 == 0
          default: ((y + x) % 2 + y * x % 3) % 2 == 0
          }
        if isInverted { code.modules[y * size + x].toggle() }
      }
    }
    code.drawFormat(correction, mask: mask)
    return code
  }
}
