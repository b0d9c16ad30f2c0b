// SPDX-License-Identifier: MIT
//
// The least that a WebSocket server can cost on Linux: every call that it needs goes through one ring (io_uring), and it
// checks nothing. It echoes each message; one that starts with `B` goes to all clients. There is no UTF-8, no limit, no
// ping, no Close, and no client may be slow: a send that the kernel does not take at once ends the program. Only to be
// measured against; it needs Linux 6.0 and no library.
//
//     floor [PORT]        0: a port that the system picks

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SUBMISSIONS = 8192, BUFFERS = 512, BUFFER_SIZE = 16384, ARENA_SIZE = 1 << 22, MOST_CLIENTS = 65536 };

static const char response[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// The ring

static int ring;
static unsigned *sq_head, *sq_tail, *cq_head, *cq_tail;
static unsigned sq_mask, cq_mask, queued;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;
static struct io_uring_buf_ring *buffers;
static unsigned char *buffer_memory;

static void make_ring(void) {
  struct io_uring_params params = {
      .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
      .cq_entries = 4 * SUBMISSIONS};
  ring = (int)syscall(SYS_io_uring_setup, SUBMISSIONS, &params);
  if (ring < 0) fail("io_uring_setup");
  size_t size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  size_t least = params.sq_off.array + params.sq_entries * sizeof(unsigned);
  char *memory = mmap(NULL, size > least ? size : least, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
                      IORING_OFF_SQ_RING);
  sqes = mmap(NULL, params.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
              IORING_OFF_SQES);
  if (memory == MAP_FAILED || sqes == MAP_FAILED) fail("mmap");
  sq_head = (unsigned *)(memory + params.sq_off.head);
  sq_tail = (unsigned *)(memory + params.sq_off.tail);
  sq_mask = params.sq_entries - 1;
  unsigned *order = (unsigned *)(memory + params.sq_off.array);
  for (unsigned index = 0; index < params.sq_entries; index++) order[index] = index;
  cq_head = (unsigned *)(memory + params.cq_off.head);
  cq_tail = (unsigned *)(memory + params.cq_off.tail);
  cq_mask = params.cq_entries - 1;
  cqes = (struct io_uring_cqe *)(memory + params.cq_off.cqes);
}

static void enter(unsigned wait) {
  while (syscall(SYS_io_uring_enter, ring, queued, wait, wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0) < 0)
    if (errno != EINTR) fail("io_uring_enter");
  queued = 0;
}

static struct io_uring_sqe *next_submission(void) {
  if (queued == SUBMISSIONS) enter(0);
  struct io_uring_sqe *sqe = &sqes[*sq_tail & sq_mask];
  memset(sqe, 0, sizeof *sqe);
  __atomic_store_n(sq_tail, *sq_tail + 1, __ATOMIC_RELEASE);
  queued++;
  return sqe;
}

static void give_back(unsigned id) {
  struct io_uring_buf *buffer = &buffers->bufs[buffers->tail & (BUFFERS - 1)];
  buffer->addr = (uint64_t)(uintptr_t)(buffer_memory + (size_t)id * BUFFER_SIZE);
  buffer->len = BUFFER_SIZE;
  buffer->bid = (uint16_t)id;
  __atomic_store_n(&buffers->tail, (uint16_t)(buffers->tail + 1), __ATOMIC_RELEASE);
}

static void make_buffers(void) {
  buffers = mmap(NULL, BUFFERS * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  buffer_memory = mmap(NULL, (size_t)BUFFERS * BUFFER_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  if (buffers == MAP_FAILED || buffer_memory == MAP_FAILED) fail("mmap");
  struct io_uring_buf_reg registration = {.ring_addr = (uint64_t)(uintptr_t)buffers, .ring_entries = BUFFERS};
  if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_PBUF_RING, &registration, 1) < 0) fail("IORING_REGISTER_PBUF_RING");
  for (unsigned id = 0; id < BUFFERS; id++) give_back(id);
}

// Clients

struct rest {  // of a frame that has not come as a whole; few ever have one
  size_t size;
  unsigned char bytes[BUFFER_SIZE];
};
static struct rest *rests[MOST_CLIENTS];
static bool is_open[MOST_CLIENTS];
static int clients[MOST_CLIENTS], client_count, place[MOST_CLIENTS];
static unsigned char arena[ARENA_SIZE];  // what the sends of this turn point to
static size_t arena_used;

enum { ACCEPT = 1, RECEIVE, SEND };
static uint64_t tag(unsigned kind, int fd) { return (uint64_t)kind << 32 | (unsigned)fd; }

static void ask_to_accept(int listener) {
  struct io_uring_sqe *sqe = next_submission();
  sqe->opcode = IORING_OP_ACCEPT;
  sqe->fd = listener;
  sqe->ioprio = IORING_ACCEPT_MULTISHOT;
  sqe->user_data = tag(ACCEPT, listener);
}

static void ask_to_receive(int fd) {
  struct io_uring_sqe *sqe = next_submission();
  sqe->opcode = IORING_OP_RECV;
  sqe->fd = fd;
  sqe->ioprio = IORING_RECV_MULTISHOT;
  sqe->flags = IOSQE_BUFFER_SELECT;
  sqe->user_data = tag(RECEIVE, fd);
}

static void ask_to_send(int fd, const void *bytes, size_t size) {
  struct io_uring_sqe *sqe = next_submission();
  sqe->opcode = IORING_OP_SEND;
  sqe->fd = fd;
  sqe->addr = (uint64_t)(uintptr_t)bytes;
  sqe->len = (uint32_t)size;
  sqe->msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;  // done within the submission
  sqe->flags = IOSQE_CQE_SKIP_SUCCESS;
  sqe->user_data = tag(SEND, fd);
}

static unsigned char *room(size_t size) {
  if (arena_used + size > ARENA_SIZE) {
    enter(0);
    arena_used = 0;
  }
  unsigned char *bytes = arena + arena_used;
  arena_used += size;
  return bytes;
}

static size_t write_head(unsigned char *out, unsigned first, size_t size) {
  out[0] = (unsigned char)first;
  if (size < 126) return out[1] = (unsigned char)size, 2;
  if (size < 65536) return out[1] = 126, out[2] = (unsigned char)(size >> 8), out[3] = (unsigned char)size, 4;
  out[1] = 127;
  for (int byte = 0; byte < 8; byte++) out[2 + byte] = (unsigned char)(size >> (56 - 8 * byte));
  return 10;
}

// The frames in `in`: echoes go out together. Returns how many bytes were frames.
static size_t answer(int fd, const unsigned char *in, size_t size) {
  unsigned char *echoes = room(size + 64), *out = echoes;
  size_t used = 0;
  while (size - used >= 6) {
    const unsigned char *frame = in + used;
    size_t length = frame[1] & 127, head = 6;
    if (length == 126) {
      if (size - used < 8) break;
      length = (size_t)frame[2] << 8 | frame[3];
      head = 8;
    } else if (length == 127) {
      if (size - used < 14) break;
      length = 0;
      for (int byte = 0; byte < 8; byte++) length = length << 8 | frame[2 + byte];
      head = 14;
    }
    if (size - used - head < length) break;
    const unsigned char *mask = frame + head - 4, *payload = frame + head;
    unsigned char *message = out;
    out += write_head(out, frame[0], length);
    uint32_t key;
    memcpy(&key, mask, 4);
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
      uint64_t word;
      memcpy(&word, payload + at, 8);
      word ^= (uint64_t)key << 32 | key;
      memcpy(out + at, &word, 8);
    }
    for (; at < length; at++) out[at] = payload[at] ^ mask[at & 3];
    bool is_for_all = length > 0 && *out == 'B';
    out += length;
    used += head + length;
    if (is_for_all) {
      for (int index = 0; index < client_count; index++) ask_to_send(clients[index], message, (size_t)(out - message));
      echoes = out;
    }
  }
  if (out > echoes) ask_to_send(fd, echoes, (size_t)(out - echoes));
  return used;
}

static void receive(int fd, const unsigned char *bytes, size_t size) {
  if (!is_open[fd]) {  // the request, which is taken for one
    is_open[fd] = true;
    place[fd] = client_count;
    clients[client_count++] = fd;
    ask_to_send(fd, response, sizeof response - 1);
    return;
  }
  struct rest *rest = rests[fd];
  if (rest != NULL && rest->size > 0) {
    if (rest->size + size > sizeof rest->bytes) exit(1);
    memcpy(rest->bytes + rest->size, bytes, size);
    rest->size += size;
    size_t used = answer(fd, rest->bytes, rest->size);
    memmove(rest->bytes, rest->bytes + used, rest->size -= used);
    return;
  }
  size_t used = answer(fd, bytes, size);
  if (used == size) return;
  if (rest == NULL) rest = rests[fd] = calloc(1, sizeof *rest);
  if (rest == NULL || size - used > sizeof rest->bytes) exit(1);
  memcpy(rest->bytes, bytes + used, rest->size = size - used);
}

static void end(int fd) {
  if (is_open[fd]) {
    clients[place[fd]] = clients[--client_count];
    place[clients[place[fd]]] = place[fd];
    is_open[fd] = false;
    free(rests[fd]);
    rests[fd] = NULL;
  }
  if (queued > 0) enter(0);  // what is yet to be sent there must not reach whoever gets this number next
  close(fd);
}

static void complete(const struct io_uring_cqe *cqe) {
  int fd = (int)(uint32_t)cqe->user_data;
  bool goes_on = cqe->flags & IORING_CQE_F_MORE;
  switch (cqe->user_data >> 32) {
  case ACCEPT:
    if (cqe->res >= MOST_CLIENTS) exit(1);
    if (cqe->res >= 0) ask_to_receive(cqe->res);
    if (!goes_on) ask_to_accept(fd);
    break;
  case RECEIVE:
    if (cqe->res > 0) {
      unsigned id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
      receive(fd, buffer_memory + (size_t)id * BUFFER_SIZE, (size_t)cqe->res);
      give_back(id);
    }
    if (cqe->res > 0 || cqe->res == -ENOBUFS) {
      if (!goes_on) ask_to_receive(fd);
    } else {
      end(fd);
    }
    break;
  case SEND:
    if (cqe->res == -EPIPE || cqe->res == -ECONNRESET) break;
    fprintf(stderr, "a send was not taken: %d\n", cqe->res);
    exit(1);
  }
}

int main(int argc, char **argv) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(argc > 1 ? (uint16_t)atoi(argv[1]) : 0),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // passed on to what is accepted
  if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 4096) != 0) fail("bind");
  getsockname(listener, (struct sockaddr *)&address, &length);
  make_ring();
  make_buffers();
  printf("ws://127.0.0.1:%d/ws\n", ntohs(address.sin_port));
  fflush(stdout);

  ask_to_accept(listener);
  for (;;) {
    enter(1);
    arena_used = 0;
    unsigned head = *cq_head, tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);
    for (; head != tail; head++) complete(&cqes[head & cq_mask]);
    __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
  }
}
