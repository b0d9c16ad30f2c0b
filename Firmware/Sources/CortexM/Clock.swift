// SPDX-License-Identifier: MIT

// Time by SysTick, one interrupt a millisecond, and sleep.
// Source: DDI 0403, B3.3.

import CCortexM

/// Milliseconds since the start, and sleep until one of them or until an interrupt.
public enum Clock {
  /// Starts to count; `frequency` is the processor's, in hertz.
  public static func start(frequency: UInt32) {
    reload.store(frequency / 1000 - 1)  // at most 2^24 - 1: 16 GHz
    current.store(0)
    control.store(0b111)  // the processor's clock, an interrupt, on
  }

  /// Milliseconds since `start`.
  public static var milliseconds: UInt64 {
    disable_interrupts()
    defer { enable_interrupts() }
    return ticks
  }

  /// A counter that advances with the processor's clock.
  public static var cycles: UInt32 {
    let period = reload.load() + 1
    return UInt32(truncatingIfNeeded: milliseconds) &* period &+ (period - current.load())
  }

  /// Returns at `time`, or when `noteEvent` was called since the last return.
  public static func sleep(until time: UInt64) {
    while true {
      // An interrupt between the look and the wait stays pending, and so ends the wait.
      disable_interrupts()
      let isOver = hasEvent || ticks >= time
      if isOver {
        hasEvent = false
      } else {
        wait_for_interrupt()
      }
      enable_interrupts()
      if isOver { return }
    }
  }

  /// Ends the sleep that is, or the next one; for interrupt handlers.
  public static func noteEvent() { hasEvent = true }

  /// Counts a millisecond; the handler of SysTick.
  fileprivate static func tick() { ticks += 1 }

  private static var control: Register { Register(0xE000_E010) }
  private static var reload: Register { Register(0xE000_E014) }
  private static var current: Register { Register(0xE000_E018) }
}

// Handlers write these, and no other code looks at them while handlers may run.
private nonisolated(unsafe) var ticks: UInt64 = 0
private nonisolated(unsafe) var hasEvent = false

/// The handler of SysTick.
@c(systick_handler)
public func systickHandler() {
  Clock.tick()
}
