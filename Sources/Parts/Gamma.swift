// SPDX-License-Identifier: MIT

// The eye sees the lower half of an LED's power as nearly all of its brightness. A power function evens that out; here
// it is computed with integers, by logarithm and exponential of base 2, since small processors have no floating point.

public import Bytes

/// The exponent from the brightness that is seen to the power of an output.
public struct Gamma: Equatable, Sendable {
  /// The exponent in 256ths.
  let exponent: UInt16

  /// As LEDs on PWM are usually corrected: 2.2.
  public static let standard = Gamma(exponent: 563)
  /// No correction.
  public static let linear = Gamma(exponent: 256)

  private init(exponent: UInt16) { self.exponent = exponent }

  /// An exponent between 1 and 4, to the nearest 256th; nil for any other.
  public init?(_ exponent: Decimal) {
    let one = Decimal(1)
    guard exponent >= one, exponent <= Decimal(4), let scaled = exponent * Decimal(256) else { return nil }
    let whole = scaled.rounded(toDecimals: 0)
    var number = whole.significand
    for _ in 0..<max(whole.exponent, 0) { number *= 10 }  // at most 1024: three times at most
    self.exponent = UInt16(clamping: number)
  }

  /// The power for a brightness, both from 0 to 65,535; any brightness but 0 gives some power.
  func applied(to level: UInt16) -> UInt16 {
    guard level > 0, level < .max, exponent != 256 else { return level }
    // log2(level / 65536), negative, in 65,536ths, times the exponent.
    let logarithm = Self.log2(UInt32(level)) - (16 << 16)
    let power = logarithm * Int64(exponent) / 256
    return UInt16(clamping: max(Self.exp2(power + (16 << 16)), 1))
  }

  /// The logarithm of `x`, which is not 0, in 65,536ths: a bit of the result for each squaring.
  private static func log2(_ x: UInt32) -> Int64 {
    let whole = 31 - x.leadingZeroBitCount
    var mantissa = UInt64(x) << UInt64(31 - whole)  // between 1 and 2, in 2^31ths
    var result = Int64(whole) << 16
    var bit: Int64 = 1 << 15
    while bit > 0 {
      mantissa = (mantissa &* mantissa) >> 31  // below 2^32 before, below 2^33 after
      if mantissa >= 1 << 32 {
        mantissa >>= 1
        result += bit
      }
      bit >>= 1
    }
    return result
  }

  /// 2 to the power of `x` 65,536ths, rounded down; 0 if that is below 1.
  private static func exp2(_ x: Int64) -> UInt32 {
    guard x >= 0, x < 32 << 16 else { return 0 }
    // 2^(1/2), 2^(1/4), … in 2^30ths, each the square root of the one before.
    var root: UInt64 = 1 << 31
    var result: UInt64 = 1 << 30
    var bit: Int64 = 1 << 15
    while bit > 0 {
      root = squareRoot(root << 30)
      if x & bit != 0 { result = (result &* root) >> 30 }  // below 2^31 times below 2^31
      bit >>= 1
    }
    return UInt32(clamping: (result << UInt64(x >> 16)) >> 30)
  }

  private static func squareRoot(_ x: UInt64) -> UInt64 {
    var result: UInt64 = 0
    var rest = x
    var bit: UInt64 = 1 << 62
    while bit > rest { bit >>= 2 }
    while bit > 0 {
      if rest >= result &+ bit {
        rest -= result &+ bit
        result = (result >> 1) &+ bit
      } else {
        result >>= 1
      }
      bit >>= 2
    }
    return result
  }
}
