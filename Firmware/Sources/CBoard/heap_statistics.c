// SPDX-License-Identifier: MIT

// The counters of the heap, at a symbol that survives link-time optimization.

#include "board.h"

struct heap_statistics heap_statistics;
