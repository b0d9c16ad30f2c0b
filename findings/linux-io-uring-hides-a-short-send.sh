#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: Linux 6.18.44, io_uring; the system's C compiler, no library.
# Behaviour: a send on a ring with IOSQE_CQE_SKIP_SUCCESS reports nothing when it succeeds. One would say that a send of
#   which only a part went out is reported, since its length is all that tells. It is not: a short send counts as a
#   success, and the rest is gone without a word. Only with MSG_WAITALL is less than all a failure, which is reported
#   with the number of bytes that went out.
# Seen: without MSG_WAITALL: 65536 offered, 8064 arrived, reports: none
#       with MSG_WAITALL: 65536 offered, 8064 arrived, reports: 8064
#   (How many fit is the kernel's business; that fewer arrive than were offered is the point.)
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/short.c" <<'C'
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IOSQE_CQE_SKIP_SUCCESS
#define IOSQE_CQE_SKIP_SUCCESS (1U << 6)
#endif

static char bytes[65536];

static void try(int wait_all) {
  struct io_uring_params params;
  memset(&params, 0, sizeof params);
  int ring = (int)syscall(SYS_io_uring_setup, 4, &params);
  if (ring < 0) perror("io_uring_setup"), exit(2);
  size_t size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  struct io_uring_sqe *sqes = mmap(NULL, 4 * sizeof *sqes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
  int pair[2], least = 4096;
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);

  memset(sqes, 0, sizeof *sqes);
  sqes->opcode = IORING_OP_SEND;
  sqes->fd = pair[0];
  sqes->addr = (unsigned long)bytes;
  sqes->len = sizeof bytes;
  sqes->msg_flags = MSG_DONTWAIT | (wait_all ? MSG_WAITALL : 0);
  sqes->flags = IOSQE_CQE_SKIP_SUCCESS;
  ((unsigned *)(memory + params.sq_off.array))[0] = 0;
  __atomic_store_n((unsigned *)(memory + params.sq_off.tail), 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0) != 1) perror("io_uring_enter"), exit(2);

  static char into[65536];
  long arrived = 0, count;
  while ((count = read(pair[1], into, sizeof into)) > 0) arrived += count;
  unsigned reports = __atomic_load_n((unsigned *)(memory + params.cq_off.tail), __ATOMIC_ACQUIRE);
  printf("%s MSG_WAITALL: %zu offered, %ld arrived, reports: ", wait_all ? "with" : "without", sizeof bytes, arrived);
  if (reports) printf("%d\n", ((struct io_uring_cqe *)(memory + params.cq_off.cqes))->res);
  else printf("none\n");
  if (arrived == 0 || arrived == sizeof bytes) exit(1);
  if (wait_all ? reports != 1 || ((struct io_uring_cqe *)(memory + params.cq_off.cqes))->res != arrived : reports != 0) exit(1);
  close(ring);
}

int main(void) {
  try(0);
  try(1);
}
C
cc -O1 -o "$folder/short" "$folder/short.c"
"$folder/short"
