// SPDX-License-Identifier: MIT

// memcpy and its kin: a word at a time where the processor can, else a byte at a time.
// Rule: compiled with -fno-builtin and without link-time optimization, so that no loop becomes a call of itself and none
// is dropped before the code generator asks for it.

#include "runtime.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word;

/// A word at any address: one load on processors that can, and never part of a multiple load, which none can.
typedef uint32_t __attribute__((may_alias, aligned(1))) unaligned_word;

static inline bool is_aligned(const void *address) { return ((uintptr_t)address & 3) == 0; }

/// Whether words can be loaded from `from` while those stored to `to` are aligned.
static inline bool can_copy_words(const void *to, const void *from) {
#ifdef __ARM_FEATURE_UNALIGNED
  return true;
#else
  return (((uintptr_t)to ^ (uintptr_t)from) & 3) == 0;
#endif
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t count) {
  if (can_copy_words(to, from)) {
    for (; count > 0 && !is_aligned(to); count -= 1) *to++ = *from++;
    for (; count >= 4; count -= 4, to += 4, from += 4) *(word *)to = *(const unaligned_word *)from;
  }
  for (; count > 0; count -= 1) *to++ = *from++;
}

static void copy_down(uint8_t *to, const uint8_t *from, size_t count) {
  to += count;
  from += count;
  if (can_copy_words(to, from)) {
    for (; count > 0 && !is_aligned(to); count -= 1) *--to = *--from;
    for (; count >= 4; count -= 4) {
      to -= 4;
      from -= 4;
      *(word *)to = *(const unaligned_word *)from;
    }
  }
  for (; count > 0; count -= 1) *--to = *--from;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  copy_up(to, from, count);
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  // Upwards unless the end of the source would be written over before it is read.
  if ((uintptr_t)to - (uintptr_t)from >= count) {
    copy_up(to, from, count);
  } else {
    copy_down(to, from, count);
  }
  return to;
}

void *memset(void *to, int value, size_t count) {
  uint8_t *next = to;
  uint8_t byte = (uint8_t)value;
  for (; count > 0 && !is_aligned(next); count -= 1) *next++ = byte;
  for (; count >= 4; count -= 4, next += 4) *(word *)next = byte * 0x01010101u;
  for (; count > 0; count -= 1) *next++ = byte;
  return to;
}

int memcmp(const void *left, const void *right, size_t count) {
  const uint8_t *a = left, *b = right;
  for (; count > 0; count -= 1, a += 1, b += 1) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

size_t strlen(const char *text) {
  const char *end = text;
  while (*end != 0) end += 1;
  return (size_t)(end - text);
}
