// SPDX-License-Identifier: MIT

// The oracle: what the tutorial's `Button::read` does, with its widths and its wrap-around ("Definition of the Button
// component").

/// The tutorial's button, told the level and the time instead of asking `digitalRead` and `millis()`.
struct TutorialButton {
  static let debounceDelay: UInt32 = 10

  private(set) var state: UInt16 = 0
  private var lastReadingIsHigh = true
  private var lastDebounceTime: UInt32 = 0

  var pressed: Bool { state == 1 }
  var released: Bool { state == 0xffff }

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
