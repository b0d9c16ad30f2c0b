// SPDX-License-Identifier: MIT

// Port F: the status LED, the SELECT button and an LED of the Ethernet jack.
// Rule: a pin is read and written through its own masked address, so no write disturbs another pin.
// Source: data sheet, chapter 8.

import CortexM

/// The pins of port F that the evaluation board connects.
enum PortF {
  static let base: UInt = 0x4002_5000
  static let interrupt: UInt = 30

  /// The data register as only `pin` sees it: address bits 9 to 2 are a mask (8.2.1.2).
  private static func data(_ pin: UInt) -> Register { Register(base + 4 << pin) }

  /// Whether the line of `pin` is high.
  static func isHigh(_ pin: UInt) -> Bool { data(pin).load() != 0 }

  /// Brings the line of `pin` to high or low.
  static func set(_ pin: UInt, high: Bool) { data(pin).store(high ? 0xFF : 0) }

  /// Lets `pin` drive its line.
  static func makeOutput(_ pin: UInt) {
    Register(base + 0x400).set(1 << UInt32(pin))  // GPIODIR
    Register(base + 0x51C).set(1 << UInt32(pin))  // GPIODEN
  }

  /// Pulls the line of `pin` up, and lets both of its edges interrupt: they only wake the loop, which looks itself.
  static func makeInput(_ pin: UInt) {
    Register(base + 0x510).set(1 << UInt32(pin))  // GPIOPUR
    Register(base + 0x51C).set(1 << UInt32(pin))  // GPIODEN
    Register(base + 0x408).set(1 << UInt32(pin))  // GPIOIBE
    Register(base + 0x41C).store(1 << UInt32(pin))  // GPIOICR
    Register(base + 0x410).set(1 << UInt32(pin))  // GPIOIM
    SystemControl.enableInterrupt(interrupt)
  }
}

@c(port_f_handler)
func portFHandler() {
  Register(PortF.base + 0x41C).store(0xFF)  // GPIOICR
  Clock.noteEvent()
}
