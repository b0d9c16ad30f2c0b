// SPDX-License-Identifier: MIT

// The instructions of a Cortex-M that no language has words for.
// Source: ARMv7-M Architecture Reference Manual, DDI 0403.

#pragma once

#include <stddef.h>
#include <stdint.h>

/// Holds back interrupt handlers; an interrupt still ends `wait_for_interrupt`.
static inline void disable_interrupts(void) { __asm__ volatile("cpsid i" ::: "memory"); }

/// Lets the handlers run, those that were held back first.
static inline void enable_interrupts(void) { __asm__ volatile("cpsie i\n isb" ::: "memory"); }

/// Stops the processor until an interrupt is pending.
static inline void wait_for_interrupt(void) { __asm__ volatile("dsb\n wfi" ::: "memory"); }

/// Returns when all stores before it have reached memory.
static inline void synchronize_data(void) { __asm__ volatile("dsb" ::: "memory"); }

/// The address of the topmost word of the stack.
static inline uint32_t *_Nonnull stack_pointer(void) {
  uint32_t *pointer;
  __asm__ volatile("mov %0, sp" : "=r"(pointer));
  return pointer;
}

/// The number of the exception whose handler runs.
static inline uint32_t exception_number(void) {
  uint32_t number;
  __asm__ volatile("mrs %0, ipsr" : "=r"(number));
  return number;
}

/// The program, once memory is ready for it.
int main(int count, char *_Nullable *_Nullable arguments);
static inline void run_main(void) { (void)main(0, 0); }

/// The top of the stack (a linker symbol), typed as a handler: the first word of a vector table.
void initial_stack(void);

/// The handler of all faults. It finds where the program was, takes an empty stack (the old one may be the fault) and
/// calls `report_fault`, which must not return.
void fault_handler(void);
