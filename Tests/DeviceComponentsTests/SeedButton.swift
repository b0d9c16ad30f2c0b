// SPDX-License-Identifier: MIT

// The oracle: what the seed's `Button::read` does (S8 to S11, S14), with its widths and its wrap-around.
// Source: seeds/000_a8c05912e57a5f55.txt, "Definition of the Button component".

/// The seed's button, told the level and the time instead of asking `digitalRead` and `millis()`.
struct SeedButton {
  static let debounceDelay: UInt32 = 10

  private(set) var state: UInt16 = 0
  private var lastReadingIsHigh = true
  private var lastDebounceTime: UInt32 = 0

  var pressed: Bool { state == 1 }
  var released: Bool { state == 0xffff }
  func held(_ count: UInt16 = 0) -> Bool { UInt32(state) > 1 + UInt32(count) && state < 0xffff }

  mutating func read(isHigh: Bool, millis: UInt32) {
    if isHigh != lastReadingIsHigh { lastDebounceTime = millis }
    if millis &- lastDebounceTime > Self.debounceDelay {
      switch (isHigh, state) {
      case (false, ..<0xfffe): state += 1
      case (false, 0xfffe): state = 2
      case (false, _), (true, 0): break
      case (true, 0xffff): state = 0
      case (true, _): state = 0xffff
      }
    }
    lastReadingIsHigh = isHigh
  }
}
