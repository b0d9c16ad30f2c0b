// SPDX-License-Identifier: MIT

// The part of <string.h> that lwIP names, for targets without a C library.

#pragma once

#include "runtime.h"

int strncmp(const char *left, const char *right, size_t count);  // netif_find, which is never called
