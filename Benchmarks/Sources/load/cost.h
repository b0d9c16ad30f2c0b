// SPDX-License-Identifier: MIT
//
// What a server costs: the processor time, memory and heap allocations of its process, or of the two that it consists
// of when one stands before another. And what every generator of load needs beside that: its options and its end.

#include <stdint.h>
#include <time.h>

enum { MOST_PROCESSES = 2 };

/// Since the start of each process.
struct cost {
  double cpu[MOST_PROCESSES];  // seconds, exactly
  uint64_t allocations;
};

/// Counts a process in, in this order.
void watch_process(long pid);

/// Counts the allocations that liballocations.so writes to this file.
void watch_allocations(const char *file);

/// How many processes are watched.
long process_count(void);

struct cost cost_so_far(void);

/// Resident memory of all processes, in KB.
long resident_memory(void);

/// What a clock shows.
double seconds_of(clockid_t clock);

/// The number that `text`, the value of the option `name`, must be; anything else ends the program.
double number(const char *name, const char *text, double least, double most);

/// Ends the program with a line that says why.
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);
