// SPDX-License-Identifier: MIT

// The first instructions of the fault handler, before there is a stack that can be trusted.
// On entry the processor has pushed r0-r3, r12, lr, pc and xpsr; after an overflow of the stack it could not, and the
// stack pointer is outside RAM.
// Source: DDI 0403, B1.5.6 "Exception entry behavior".

#include "cortex_m.h"

__attribute__((naked)) void fault_handler(void) {
  __asm__ volatile(
      "  ldr   r3, =stack_top       \n"
      "  ldr   r2, =stack_bottom    \n"
      "  mov   r0, #0               \n"  // program counter and link register: not known
      "  mov   r1, #0               \n"
      "  cmp   sp, r2               \n"
      "  blo   1f                   \n"
      "  ldr   r0, [sp, #24]        \n"
      "  ldr   r1, [sp, #20]        \n"
      "1:                           \n"
      "  mov   sp, r3               \n"
      "  b     report_fault         \n");
}
