// SPDX-License-Identifier: MIT

// The clocks: 50 MHz from the 8 MHz crystal, and power for the peripherals that the program uses.
// Source: data sheet, chapter 5 "System Control" (5.2.4.3 for the sequence that starts the PLL).

import CortexM

enum SystemClock {
  /// The processor's clock in hertz.
  static let frequency: UInt32 = 50_000_000

  /// Starts the PLL, and the clocks of UART0, ports A and F, the Ethernet controller and the watchdog.
  static func start() {
    let configuration = Register(0x400F_E060)  // RCC
    let bypass: UInt32 = 1 << 11
    let powerDown: UInt32 = 1 << 13
    let useDivisor: UInt32 = 1 << 22
    let keep = ~(0xF << 23 | 0xF << 6 | 3 << 4 | useDivisor | powerDown | 1)  // divisor, crystal, source; oscillator on
    configuration.store((configuration.load() & ~useDivisor) | bypass)
    configuration.store((configuration.load() & keep) | bypass | 3 << 23 | 0xE << 6)  // 200 MHz / 4; 8 MHz crystal
    let status = Register(0x400F_E050)  // RIS
    while status.load() & 1 << 6 == 0 {}  // the PLL has locked
    configuration.set(useDivisor)
    configuration.store(configuration.load() & ~bypass)

    Register(0x400F_E100).set(1 << 3)  // RCGC0: watchdog
    Register(0x400F_E104).set(1 << 0)  // RCGC1: UART0
    Register(0x400F_E108).set(1 << 30 | 1 << 28 | 1 << 5 | 1 << 0)  // RCGC2: PHY, MAC, ports F and A
    _ = Register(0x400F_E108).load()  // a clock needs three cycles before its registers answer
  }
}
