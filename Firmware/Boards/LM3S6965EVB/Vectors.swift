// SPDX-License-Identifier: MIT

// The vector table: the first words of flash, which the processor reads at reset and at each exception.
// Source: DDI 0403, B1.5.3; the numbers of the interrupts are those of the LM3S6965 data sheet, table 2-9.

import CCortexM
import CortexM

typealias Handler = @convention(c) () -> Void

/// Sixteen words of the processor, then one for each of the 44 interrupts; whatever nothing handles is a fault.
@section(".vectors") @used
let vectors:
  (
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler
  ) = (
    initial_stack, resetHandler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler,
    fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, systickHandler,
    // 0
    fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler,
    fault_handler, fault_handler, fault_handler,
    // 10
    fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler,
    fault_handler, fault_handler, fault_handler,
    // 20
    fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler,
    fault_handler, fault_handler, fault_handler,
    // 30: port F
    portFHandler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler,
    fault_handler, fault_handler, fault_handler,
    // 40, and 42: Ethernet
    fault_handler, fault_handler, ethernetHandler, fault_handler
  )
