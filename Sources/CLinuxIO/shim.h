// SPDX-License-Identifier: MIT
//
// Sockets, epoll and io_uring for Swift, which sees no macros, no packed structures and no atomic loads of C. Nothing
// is decided here. What fails gives the negative errno, as the kernel's own calls do, so one rule holds for a call and
// for a completion of the ring.

#ifndef HELIOGRAPH_LINUX_IO_SHIM_H
#define HELIOGRAPH_LINUX_IO_SHIM_H

#ifdef __linux__

// No feature macros are defined here: the C library's types have to be the same as in Swift's own module of it.
#include <errno.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the headers of some systems that this is built on.
#ifndef TCP_NOTSENT_LOWAT
#define TCP_NOTSENT_LOWAT 25
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_io_uring_enter
#define SYS_io_uring_enter 426
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#ifndef IORING_FEAT_CQE_SKIP
#define IORING_FEAT_CQE_SKIP (1U << 11)
#endif
#ifndef IOSQE_CQE_SKIP_SUCCESS
#define IOSQE_CQE_SKIP_SUCCESS (1U << 6)
#endif
#ifndef IORING_SETUP_SUBMIT_ALL
#define IORING_SETUP_SUBMIT_ALL (1U << 7)
#endif

extern int accept4(int, struct sockaddr *, socklen_t *, int);  // which only _GNU_SOURCE declares

static inline long io_result(long result) { return result < 0 ? -errno : result; }

/// Runs `body` on a new thread, which nobody waits for.
static inline int thread_start(void *(*body)(void *), void *context) {
  pthread_t thread;
  int error = pthread_create(&thread, NULL, body, context);
  return error ? -error : -pthread_detach(thread);
}

// ---- sockets ----

static inline int socket_open(int family) {
  return (int)io_result(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

static inline int socket_set(int descriptor, int level, int option, int value) {
  return (int)io_result(setsockopt(descriptor, level, option, &value, sizeof value));
}

/// Small writes go out at once.
static inline int socket_set_no_delay(int descriptor) { return socket_set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1); }

/// The kernel takes little beyond what it has sent.
static inline int socket_set_not_sent_limit(int descriptor, int size) {
  return socket_set(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, size);
}

/// Accepts a connection that neither blocks nor is passed on to programs that are started. One that its peer has reset in
/// the meantime counts as aborted: nobody would be there to answer to, whatever was asked.
static inline int socket_accept(int listener, struct sockaddr_storage *peer) {
  socklen_t length = sizeof *peer;
  int accepted = (int)io_result(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted < 0 || getpeername(accepted, (struct sockaddr *)peer, &length) == 0) return accepted;
  close(accepted);
  return -ECONNABORTED;
}

// recv and send are points at which a thread may be cancelled, which costs as much again as the way into the kernel.

static inline long socket_receive(int descriptor, void *bytes, size_t count) {
  return io_result(syscall(SYS_recvfrom, descriptor, bytes, count, 0, NULL, NULL));
}

/// Sends without waiting and without SIGPIPE; with `more`, what does not fill a segment waits for what follows.
static inline long socket_send(int descriptor, const void *bytes, size_t count, int more) {
  int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0);
  return io_result(syscall(SYS_sendto, descriptor, bytes, count, flags, NULL, 0));
}

/// Ends the direction to the peer.
static inline void socket_end_output(int descriptor) { shutdown(descriptor, SHUT_WR); }

/// Two sockets that are connected with each other.
static inline int socket_pair(int pair[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair); }

/// What became of a connection that was being made: 0, or an errno.
static inline int socket_error(int descriptor) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

static inline int socket_connect(int descriptor, const struct sockaddr_storage *address, socklen_t length) {
  return (int)io_result(connect(descriptor, (const struct sockaddr *)address, length));
}

static inline int socket_bind(int descriptor, const struct sockaddr_storage *address, socklen_t length) {
  return (int)io_result(bind(descriptor, (const struct sockaddr *)address, length));
}

static inline int socket_name(int descriptor, struct sockaddr_storage *address) {
  socklen_t length = sizeof *address;
  return (int)io_result(getsockname(descriptor, (struct sockaddr *)address, &length));
}

/// The addresses of a stream socket's peer, or with `passive` of one's own, by name.
static inline int socket_resolve(const char *host, const char *port, int passive, int numeric, struct addrinfo **list) {
  struct addrinfo hints;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0) | (numeric ? AI_NUMERICHOST : 0);
  return getaddrinfo(host, port, &hints, list);
}

// ---- epoll ----

static const uint32_t poll_in = EPOLLIN, poll_out = EPOLLOUT, poll_end = EPOLLRDHUP | EPOLLHUP, poll_error = EPOLLERR,
                      poll_urgent = EPOLLPRI;
/// What a connection is registered for, once.
static const uint32_t poll_connection = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;

static inline int poll_set(int poller, int operation, int descriptor, uint32_t events, uint64_t key) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = key;
  return (int)io_result(epoll_ctl(poller, operation, descriptor, &event));
}
static inline int poll_add(int poller, int descriptor, uint32_t events, uint64_t key) {
  return poll_set(poller, EPOLL_CTL_ADD, descriptor, events, key);
}
static inline int poll_change(int poller, int descriptor, uint32_t events, uint64_t key) {
  return poll_set(poller, EPOLL_CTL_MOD, descriptor, events, key);
}

static inline void poll_remove(int poller, int descriptor) { poll_set(poller, EPOLL_CTL_DEL, descriptor, 0, 0); }

static inline uint32_t poll_events(const struct epoll_event *event) { return event->events; }
static inline uint64_t poll_key(const struct epoll_event *event) { return event->data.u64; }

/// Waits for events, at most so many nanoseconds; negative: without an end.
static inline int poll_wait(int poller, struct epoll_event *events, int count, int64_t nanoseconds) {
  struct __kernel_timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  long result = syscall(SYS_epoll_pwait2, poller, events, count, nanoseconds < 0 ? NULL : &time, NULL, 0);
  // Before Linux 5.11 there is no such call, and some containers allow none that is younger than they are.
  if (result >= 0 || (errno != ENOSYS && errno != EPERM)) return (int)io_result(result);
  int64_t rounded = nanoseconds < 0 ? -1 : (nanoseconds + 999999) / 1000000;
  return (int)io_result(epoll_wait(poller, events, count, rounded > INT32_MAX ? INT32_MAX : (int)rounded));
}

/// Wakes whoever waits for this eventfd.
static inline void poll_wake(int descriptor) { eventfd_write(descriptor, 1); }

// ---- io_uring, for sends ----

/// A ring: where the kernel and the program exchange what is to be done and how it went.
struct send_ring {
  int descriptor;
  unsigned entries, taken_mask, results_mask;
  unsigned *submitted, *taken;   // written by us; by the kernel
  unsigned *reported, *read;     // written by the kernel; by us
  struct io_uring_sqe *sends;
  struct io_uring_cqe *results;
  void *memory;
  size_t memory_size, sends_size;
};

static inline void ring_close(struct send_ring *ring) {
  if (ring->sends) munmap(ring->sends, ring->sends_size);
  if (ring->memory) munmap(ring->memory, ring->memory_size);
  close(ring->descriptor);
}

/// Sets up a ring of so many sends; their unchanging parts are filled in.
static inline int ring_open(struct send_ring *ring, unsigned entries) {
  struct io_uring_params parameters;
  memset(&parameters, 0, sizeof parameters);
  memset(ring, 0, sizeof *ring);
  parameters.flags = IORING_SETUP_SUBMIT_ALL;
  ring->descriptor = (int)io_result(syscall(SYS_io_uring_setup, entries, &parameters));
  if (ring->descriptor < 0) return ring->descriptor;
  if (!(parameters.features & IORING_FEAT_CQE_SKIP) || !(parameters.features & IORING_FEAT_SINGLE_MMAP)) {
    close(ring->descriptor);
    return -ENOSYS;
  }
  size_t submission = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
  size_t completion = parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe);
  ring->memory_size = submission > completion ? submission : completion;
  ring->sends_size = parameters.sq_entries * sizeof(struct io_uring_sqe);
  int flags = MAP_SHARED | MAP_POPULATE, access = PROT_READ | PROT_WRITE;
  char *memory = mmap(NULL, ring->memory_size, access, flags, ring->descriptor, IORING_OFF_SQ_RING);
  if (memory == MAP_FAILED) return close(ring->descriptor), -ENOMEM;
  ring->memory = memory;
  void *sends = mmap(NULL, ring->sends_size, access, flags, ring->descriptor, IORING_OFF_SQES);
  if (sends == MAP_FAILED) return ring_close(ring), -ENOMEM;
  ring->sends = sends;
  ring->entries = parameters.sq_entries;
  ring->submitted = (unsigned *)(memory + parameters.sq_off.tail);
  ring->taken = (unsigned *)(memory + parameters.sq_off.head);
  ring->taken_mask = *(unsigned *)(memory + parameters.sq_off.ring_mask);
  ring->reported = (unsigned *)(memory + parameters.cq_off.tail);
  ring->read = (unsigned *)(memory + parameters.cq_off.head);
  ring->results_mask = *(unsigned *)(memory + parameters.cq_off.ring_mask);
  ring->results = (struct io_uring_cqe *)(memory + parameters.cq_off.cqes);
  unsigned *order = (unsigned *)(memory + parameters.sq_off.array);
  for (unsigned index = 0; index < ring->entries; index++) {
    order[index] = index;
    memset(&ring->sends[index], 0, sizeof ring->sends[index]);
    ring->sends[index].opcode = IORING_OP_SEND;
    ring->sends[index].flags = IOSQE_CQE_SKIP_SUCCESS;
  }
  return 0;
}

/// Fills in the send `number` of the next submission.
static inline void ring_prepare(
    struct send_ring *ring, unsigned number, int descriptor, const void *bytes, unsigned count, int more,
    uint64_t key) {
  struct io_uring_sqe *send = &ring->sends[(*ring->submitted + number) & ring->taken_mask];
  send->fd = descriptor;
  send->addr = (uint64_t)(uintptr_t)bytes;
  send->len = count;
  // With MSG_WAITALL less than all is a failure, and is reported.
  send->msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL | (more ? MSG_MORE : 0);
  send->user_data = key;
}

/// Has the kernel do the first `count` sends; gives how many it has taken. Those that it has not are withdrawn.
static inline unsigned ring_submit(struct send_ring *ring, unsigned count) {
  unsigned start = *ring->submitted, taken;
  long result;
  // Released, so that the kernel sees the sends before their number.
  __atomic_store_n(ring->submitted, start + count, __ATOMIC_RELEASE);
  do {
    taken = __atomic_load_n(ring->taken, __ATOMIC_ACQUIRE) - start;
    if (taken == count) return count;
    result = syscall(SYS_io_uring_enter, ring->descriptor, count - taken, 0, 0, NULL, 0);
  } while (result > 0 || (result < 0 && errno == EINTR));
  taken = __atomic_load_n(ring->taken, __ATOMIC_ACQUIRE) - start;
  __atomic_store_n(ring->submitted, start + taken, __ATOMIC_RELEASE);
  return taken;
}

/// Takes the next report of a send that did not go out whole; 0 if there is none.
static inline int ring_next(struct send_ring *ring, uint64_t *key, int *result) {
  unsigned read = *ring->read;
  if (read == __atomic_load_n(ring->reported, __ATOMIC_ACQUIRE)) return 0;
  *key = ring->results[read & ring->results_mask].user_data;
  *result = ring->results[read & ring->results_mask].res;
  __atomic_store_n(ring->read, read + 1, __ATOMIC_RELEASE);
  return 1;
}

#endif
#endif
