// SPDX-License-Identifier: MIT

// The system control block and the interrupt controller.
// Source: DDI 0403, B3.2 and B3.4.

import CCortexM

/// The parts of the processor's own registers that a program without an operating system needs.
public enum SystemControl {
  /// Gives memory management, bus and usage faults their own names; otherwise each of them is a HardFault.
  public static func enableFaults() {
    let handlerControl = Register(0xE000_ED24)
    handlerControl.store(handlerControl.load() | 7 << 16)
  }

  /// Lets interrupt `number` of the board call its handler.
  public static func enableInterrupt(_ number: UInt) {
    Register(0xE000_E100 + number / 32 * 4).store(1 << (number % 32))
  }

  /// Asks the board to reset everything, and waits for it.
  public static func reset() -> Never {
    synchronize_data()
    Register(0xE000_ED0C).store(0x05FA_0004)  // the key, and SYSRESETREQ
    while true { wait_for_interrupt() }
  }

  /// Why the last fault happened (CFSR).
  static var configurableFaultStatus: UInt32 {
    Register(0xE000_ED28).load()
  }

  /// Which address the last bus fault was about (BFAR), if CFSR says that it is known.
  static var busFaultAddress: UInt32 {
    Register(0xE000_ED38).load()
  }
}
