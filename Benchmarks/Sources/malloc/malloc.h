// SPDX-License-Identifier: MIT

// What Swift's module of glibc leaves out: how much of the heap is in use (mallinfo2).

#include_next <malloc.h>
