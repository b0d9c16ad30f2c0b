// SPDX-License-Identifier: MIT

// Random numbers that a failure can repeat: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", 2014). A property test makes one from `SeededGenerator.freshSeed()` and puts the seed in its message.

/// A generator that gives the same numbers for the same seed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// The seed that this generator began with.
  public let seed: UInt64
  private var state: UInt64

  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A new seed at each call, so that every run tries something else.
  public static func freshSeed() -> UInt64 { .random(in: .min ... .max) }
}
