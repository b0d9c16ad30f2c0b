// SPDX-License-Identifier: MIT

// What a fault leaves behind: one line on the serial port, and a reset.
// Source: ARMv7-M Architecture Reference Manual, DDI 0403, B3.2.13 to B3.2.16.

import CBoard
import CCortexM
import Runtime

/// Writes where the program was and why it ended, and resets. `fault_handler` calls it on an empty stack.
///
/// `Fault: BusFault at 0x00001234, called from 0x00001201, CFSR 0x00008200, address 0x40000000`. An overflow of the
/// stack leaves no address of the program: both are 0 then.
@c(report_fault)
func reportFault(programCounter: UInt32, linkRegister: UInt32) {
  SerialLine.write("\nFault: ")
  SerialLine.write(faultName(exception_number()))
  SerialLine.write(" at ")
  SerialLine.write(hexadecimal: programCounter)
  SerialLine.write(", called from ")
  SerialLine.write(hexadecimal: linkRegister)
  SerialLine.write(", CFSR ")
  SerialLine.write(hexadecimal: SystemControl.configurableFaultStatus)
  SerialLine.write(", address ")
  SerialLine.write(hexadecimal: SystemControl.busFaultAddress)
  SerialLine.write("\n")
  board_reset()
}

private func faultName(_ exception: UInt32) -> StaticString {
  switch exception {
  case 2: "NMI"
  case 3: "HardFault"
  case 4: "MemManage"
  case 5: "BusFault"
  case 6: "UsageFault"
  default: "an interrupt without a handler"
  }
}
