// SPDX-License-Identifier: MIT

// The watchdog: it interrupts at its first zero, and resets at its second if it was not fed in between. The interrupt
// stays masked in the interrupt controller: it would only delay the reset. Source: data sheet, chapter 10.

import CBoard
import CortexM

enum Watchdog {
  /// Starts it: without `feed` a reset follows after two seconds. Nothing but a reset stops it.
  static func start() {
    Register(base).store(SystemClock.frequency)
    Register(base + 0x008).store(0b11)  // WDTCTL: on, and reset at the second zero
    Register(base + 0xC00).store(1)  // WDTLOCK: any value but the key locks
  }

  /// Starts the two seconds anew.
  static func feed() {
    Register(base + 0xC00).store(0x1ACC_E551)
    Register(base + 0x00C).store(1)  // WDTICR: clears a first zero
    Register(base).store(SystemClock.frequency)
    Register(base + 0xC00).store(1)
  }

  private static let base: UInt = 0x4000_0000
}

@c(board_feed_watchdog)
func feedWatchdog() { Watchdog.feed() }
