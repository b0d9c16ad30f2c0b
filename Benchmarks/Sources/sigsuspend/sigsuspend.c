// SPDX-License-Identifier: MIT
//
// Lets a Swift program with an asynchronous main run under valgrind 3.19: its main thread waits in sigsuspend
// with a signal mask in read-only memory, which that valgrind writes to and dies of. Preloaded, this passes a
// copy.

#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
  sigset_t copy = *mask;
  return (int)syscall(SYS_rt_sigsuspend, &copy, _NSIG / 8);
}
