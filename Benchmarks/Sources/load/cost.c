// SPDX-License-Identifier: MIT
//
// See cost.h.

#define _GNU_SOURCE
#include "cost.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static long pids[MOST_PROCESSES], count;
static clockid_t clocks[MOST_PROCESSES];
static const volatile uint64_t *allocation_count;

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

void watch_process(long pid) {
  if (count == MOST_PROCESSES) fail("no more than %d processes", MOST_PROCESSES);
  if (clock_getcpuclockid((pid_t)pid, &clocks[count]) != 0) fail("no process %ld", pid);
  pids[count++] = pid;
}

void watch_allocations(const char *path) {
  int file = open(path, O_RDONLY);
  void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(uint64_t), PROT_READ, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) fail("%s: %s", path, strerror(errno));
  allocation_count = page;
  close(file);
}

long process_count(void) { return count; }

double seconds_of(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) fail("the server has gone (%s)", strerror(errno));
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

struct cost cost_so_far(void) {
  struct cost cost = {.allocations = allocation_count != NULL ? *allocation_count : 0};
  for (long index = 0; index < count; index++) cost.cpu[index] = seconds_of(clocks[index]);
  return cost;
}

static long resident_memory_of(long pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/status", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) fail("no process %ld", pid);
  char line[256];
  long size = -1;
  while (size < 0 && fgets(line, sizeof line, file) != NULL) sscanf(line, "VmRSS: %ld", &size);
  fclose(file);
  return size;
}

long resident_memory(void) {
  long size = 0;
  for (long index = 0; index < count; index++) size += resident_memory_of(pids[index]);
  return size;
}

double number(const char *name, const char *text, double least, double most) {
  char *end;
  double value = strtod(text != NULL ? text : "", &end);
  if (text == NULL || end == text || *end != 0 || !(value >= least && value <= most)) {
    fail("%s needs a number from %g to %g", name, least, most);
  }
  return value;
}
