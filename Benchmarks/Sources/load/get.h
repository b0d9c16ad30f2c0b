// SPDX-License-Identifier: MIT
//
// Requests on connections that are kept alive: so many connections, each with so many GET of one path in flight. Each
// answer must be a 200 with a Content-Length; anything else ends the program.

#include <stdint.h>

/// Opens the connections to this port of the machine itself, and asks for the first answers.
void get_begin(long port, long connections, long depth, const char *path);

/// Goes on until `end` on CLOCK_MONOTONIC, or until `count` answers have come; returns how many have come since the
/// begin.
uint64_t get_until(double end, uint64_t count);

/// Bytes of the body of the last answer.
long get_body_size(void);
