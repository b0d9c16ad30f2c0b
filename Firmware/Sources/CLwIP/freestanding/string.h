// SPDX-License-Identifier: MIT

// The part of <string.h> that lwIP names, for targets without a C library.

#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *left, const void *right, size_t count);
size_t strlen(const char *text);
int strncmp(const char *left, const char *right, size_t count);  // netif_find, which nobody calls
