// SPDX-License-Identifier: MIT

// Arithmetic on 64 bits that the processor has no instruction for.
// Source: ARM run-time ABI, RTABI32, 4.3.1: a division returns the quotient in r0 and r1 and the remainder in r2 and r3.

#include <stdint.h>

typedef struct {
  uint32_t low, high;
} words;

typedef union {
  uint64_t value;
  words words;
} long_value;

uint64_t __aeabi_llsl(uint64_t value, int count) {
  long_value from = {value}, to = {0};
  if (count >= 32) {
    to.words.high = from.words.low << (count - 32);
  } else if (count > 0) {
    to.words.high = from.words.high << count | from.words.low >> (32 - count);
    to.words.low = from.words.low << count;
  } else {
    to = from;
  }
  return to.value;
}

uint64_t __aeabi_llsr(uint64_t value, int count) {
  long_value from = {value}, to = {0};
  if (count >= 32) {
    to.words.low = from.words.high >> (count - 32);
  } else if (count > 0) {
    to.words.low = from.words.low >> count | from.words.high << (32 - count);
    to.words.high = from.words.high >> count;
  } else {
    to = from;
  }
  return to.value;
}

/// Long division, bit by bit; by the processor when both fit 32 bits, as milliseconds do for 49 days.
__attribute__((used)) uint64_t divide_long(uint64_t dividend, uint64_t divisor, uint64_t *remainder) {
  if ((dividend | divisor) >> 32 == 0) {
    *remainder = (uint32_t)dividend % (uint32_t)divisor;
    return (uint32_t)dividend / (uint32_t)divisor;
  }
  uint64_t quotient = 0, bit = 1;
  while ((int64_t)divisor > 0 && divisor < dividend) {
    divisor += divisor;
    bit += bit;
  }
  for (; bit != 0; bit >>= 1, divisor >>= 1) {
    if (dividend >= divisor) {
      dividend -= divisor;
      quotient |= bit;
    }
  }
  *remainder = dividend;
  return quotient;
}

/// The same for signed numbers: the quotient is rounded towards zero, the remainder has the dividend's sign.
__attribute__((used)) int64_t divide_signed_long(int64_t dividend, int64_t divisor, int64_t *remainder) {
  uint64_t from = dividend < 0 ? -(uint64_t)dividend : (uint64_t)dividend;
  uint64_t by = divisor < 0 ? -(uint64_t)divisor : (uint64_t)divisor;
  uint64_t rest;
  uint64_t quotient = divide_long(from, by, &rest);
  *remainder = (int64_t)(dividend < 0 ? -rest : rest);
  return (int64_t)((dividend ^ divisor) < 0 ? -quotient : quotient);
}

// Both call a function in C with a third argument, where the remainder goes.
#define LONG_DIVISION(function)    \
  __asm__ volatile(                \
      "  push  {r4, lr}         \n" \
      "  sub   sp, #16          \n" \
      "  add   r4, sp, #8       \n" \
      "  str   r4, [sp]         \n" \
      "  bl    " #function "    \n" \
      "  ldr   r2, [sp, #8]     \n" \
      "  ldr   r3, [sp, #12]    \n" \
      "  add   sp, #16          \n" \
      "  pop   {r4, pc}         \n")

__attribute__((naked)) void __aeabi_uldivmod(void) { LONG_DIVISION(divide_long); }

__attribute__((naked)) void __aeabi_ldivmod(void) { LONG_DIVISION(divide_signed_long); }
