// SPDX-License-Identifier: MIT

// The serial port: UART0 on PA0 and PA1, 115200 baud, 8N1, by polling.
// Source: data sheet, chapter 12.

import CBoard
import CortexM

enum UART {
  /// Makes the pins the UART's, and opens it.
  static func start() {
    Register(0x4000_4420).set(0b11)  // GPIOAFSEL of port A
    Register(0x4000_451C).set(0b11)  // GPIODEN
    Register(base + 0x024).store(27)  // 50 MHz / 16 / 115200 = 27 8/64
    Register(base + 0x028).store(8)
    Register(base + 0x02C).store(0x70)  // eight bits, queues on
    Register(base + 0x030).store(0x301)  // receive, transmit, on
  }

  /// Waits for room in the transmitter's queue, and puts `byte` into it.
  static func write(_ byte: UInt8) {
    while Register(base + 0x018).load() & 1 << 5 != 0 {}
    Register(base).store(UInt32(byte))
  }

  private static let base: UInt = 0x4000_C000
}

@c(board_serial_write)
func serialWrite(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
  for byte in UnsafeBufferPointer(start: bytes, count: count) { UART.write(byte) }
}
