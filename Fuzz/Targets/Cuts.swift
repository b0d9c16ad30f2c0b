// SPDX-License-Identifier: MIT

// Where to cut an input. A machine must give the same answers however the network cuts its bytes, so its target
// delivers each input in several ways. The places depend on the input alone: a crash repeats without a seed.

/// Numbers that look random and are always the same for the same input.
struct Cuts {
  private var state: UInt64

  /// The numbers that belong to `input`: its FNV-1a hash begins the row.
  init(of input: [UInt8]) {
    state = input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  /// A number from 0 to `bound - 1`.
  mutating func number(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407  // a linear congruential generator
    return Int(state >> 33) % max(bound, 1)
  }

  /// `input` in pieces, short and long ones mixed.
  mutating func pieces(of input: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = input[...]
    while !rest.isEmpty {
      let longest = number(below: 2) == 0 ? 4 : rest.count
      pieces.append(rest.prefix(1 + number(below: longest)))
      rest = rest.dropFirst(pieces[pieces.count - 1].count)
    }
    return pieces
  }

  /// The ways to deliver an input: whole, byte by byte, and cut here and there.
  static func deliveries(of input: [UInt8]) -> [[ArraySlice<UInt8>]] {
    var cuts = Cuts(of: input)
    return [[input[...]], input.indices.map { input[$0...$0] }, cuts.pieces(of: input)]
  }
}
