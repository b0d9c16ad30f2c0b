// SPDX-License-Identifier: MIT

// The part of <stdlib.h> that lwIP names, for targets without a C library.

#pragma once

int atoi(const char *text);  // netif_find, which is never called
