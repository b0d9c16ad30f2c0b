// SPDX-License-Identifier: MIT
//
// More changes than a server can tell everyone: one client sets number parts of a device, so many a second, each to the
// time at which it is set; the others look on. Every second one of these reads slowly. How late what the others read is,
// is what the values say. Linux; one thread, loopback, bounded in time.
//
//     overload --port PORT --pid PID [--clients N] [--parts N] [--rate N] [--seconds S] [--slow BYTES]
//
// The parts are called n0, n1 … --slow: what a slow client reads in a second. The last line of output is one JSON object.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cost.h"

enum { MOST_LATE = 20000, TAIL = 64, SAMPLED = 100 };

static struct {
  long port, clients, parts, rate, slow;
  double seconds;
} options = {.clients = 5000, .parts = 32, .rate = 1000, .slow = 2048, .seconds = 10};

/// A client that reads all it gets; of some of them the values are looked at.
struct reader {
  int fd;
  bool is_sampled;
  size_t tail_size;  // the end of what was read before, in which a value may have begun
  char tail[TAIL];
};

static uint64_t late[MOST_LATE + 1], values, bytes_read;  // `late`: how many values were so many milliseconds late
static uint64_t set_count;

static uint64_t milliseconds(void) { return (uint64_t)(seconds_of(CLOCK_MONOTONIC) * 1000); }

static int open_client(long index, int receive_buffer) {
  static const char request[] =
      "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(index / 20000));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons((uint16_t)options.port);
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (fd < 0) fail("socket: %s", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
    fail("connect: %s", strerror(errno));
  }
  if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != sizeof request - 1) fail("send: %s", strerror(errno));
  char answer[13] = {0};
  if (recv(fd, answer, 12, MSG_WAITALL) != 12 || memcmp(answer, "HTTP/1.1 101", 12) != 0) fail("no 101: %s", answer);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// MARK: Changes

static void append_change(char *out, size_t *size, uint64_t now) {
  char text[120];
  int length = snprintf(text, sizeof text, "{\"type\":\"set\",\"part\":\"n%llu\",\"value\":%llu}",
                        (unsigned long long)(set_count % (uint64_t)options.parts), (unsigned long long)now);
  const uint8_t head[6] = {0x81, 0x80 | (uint8_t)length, 0, 0, 0, 0};  // a key of zeros leaves the text as it is
  memcpy(out + *size, head, sizeof head);
  memcpy(out + *size + sizeof head, text, (size_t)length);
  *size += sizeof head + (size_t)length;
  set_count++;
}

/// Sets what is due since `start`, as far as the server takes it.
static void set_parts(int fd, double start) {
  static char waiting[1 << 16];
  static size_t size, sent;
  uint64_t due = (uint64_t)((seconds_of(CLOCK_MONOTONIC) - start) * (double)options.rate);
  if (sent == size) {
    sent = size = 0;
    uint64_t now = milliseconds();
    while (set_count < due && size + 128 < sizeof waiting) append_change(waiting, &size, now);
  }
  if (sent == size) return;
  ssize_t count = send(fd, waiting + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count < 0 && errno != EAGAIN) fail("send: %s", strerror(errno));
  if (count > 0) sent += (size_t)count;
}

// MARK: Reading

static void note(uint64_t value, uint64_t now) {
  uint64_t delay = now > value ? now - value : 0;
  late[delay < MOST_LATE ? delay : MOST_LATE]++;
  values++;
}

/// Looks for `"value":` and a number behind it. What may be the beginning of one stays for the next time.
static void look(struct reader *reader, char *text, size_t size) {
  static const char mark[] = "\"value\":";
  uint64_t now = milliseconds();
  char *end = text + size, *at = text, *rest = text;
  while ((at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1)) != NULL) {
    char *digit = at + sizeof mark - 1;
    uint64_t value = 0;
    while (digit < end && *digit >= '0' && *digit <= '9') value = value * 10 + (uint64_t)(*digit++ - '0');
    if (digit == end) break;  // it may go on
    if (value > 0) note(value, now);
    at = rest = digit;
  }
  size_t left = (size_t)(end - rest);
  reader->tail_size = left < TAIL ? left : TAIL;
  memcpy(reader->tail, end - reader->tail_size, reader->tail_size);
}

static void read_all(struct reader *reader) {
  static char buffer[TAIL + (1 << 17)];
  size_t before = reader->is_sampled ? reader->tail_size : 0;
  ssize_t count = recv(reader->fd, buffer + TAIL, sizeof buffer - TAIL, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) fail("the server closed a connection (%s)", count == 0 ? "end" : strerror(errno));
  bytes_read += (uint64_t)count;
  if (!reader->is_sampled) return;
  memcpy(buffer + TAIL - before, reader->tail, before);
  look(reader, buffer + TAIL - before, before + (size_t)count);
}

/// Reads a little from each slow client, a part of them at a time, so that each has its turn once a second.
static void read_slowly(const int *slow, long count, double start) {
  static char buffer[1 << 16];
  static uint64_t turns;
  uint64_t due = (uint64_t)((seconds_of(CLOCK_MONOTONIC) - start) * (double)count);
  for (; turns < due; turns++) recv(slow[turns % (uint64_t)count], buffer, (size_t)options.slow, MSG_DONTWAIT);
}

// MARK: The run

static uint64_t percentile(double part) {
  uint64_t wanted = values > 0 ? (uint64_t)((double)(values - 1) * part) : 0, seen = 0;
  for (uint64_t delay = 0; delay <= MOST_LATE; delay++) {
    seen += late[delay];
    if (seen > wanted) return delay;
  }
  return MOST_LATE;
}

static void parse(char **arguments) {
  while (*arguments != NULL) {
    const char *name = *arguments++, *value = *arguments;
    if (strcmp(name, "--port") == 0) options.port = (long)number(name, value, 1, 65535);
    else if (strcmp(name, "--pid") == 0) watch_process((long)number(name, value, 1, 1 << 30));
    else if (strcmp(name, "--clients") == 0) options.clients = (long)number(name, value, 2, 50000);
    else if (strcmp(name, "--parts") == 0) options.parts = (long)number(name, value, 1, 256);
    else if (strcmp(name, "--rate") == 0) options.rate = (long)number(name, value, 1, 100000);
    else if (strcmp(name, "--slow") == 0) options.slow = (long)number(name, value, 1, 65536);
    else if (strcmp(name, "--seconds") == 0) options.seconds = number(name, value, 1, 600);
    else fail("unknown option %s", name);
    arguments++;
  }
  if (options.port == 0 || process_count() == 0) fail("--port and --pid are needed");
}

int main(int argc, char **argv) {
  (void)argc;
  parse(argv + 1);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  long slow_count = options.clients / 2, quick_count = options.clients - slow_count;
  struct reader *readers = calloc((size_t)quick_count + 1, sizeof *readers);
  int *slow = calloc((size_t)slow_count, sizeof *slow), epoll = epoll_create1(0);
  for (long index = 0; index <= quick_count; index++) {  // the first one makes the changes
    readers[index].fd = open_client(index, 0);
    readers[index].is_sampled = index > 0 && index % (quick_count / SAMPLED + 1) == 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &readers[index]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, readers[index].fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
    if (index < slow_count) slow[index] = open_client(index, 4096);
  }

  struct epoll_event events[1024];
  double start = seconds_of(CLOCK_MONOTONIC), settled = start + options.seconds / 5, now = start;
  struct cost before = cost_so_far();
  long memory_settled = 0, memory_most = 0;
  while ((now = seconds_of(CLOCK_MONOTONIC)) < start + options.seconds) {
    set_parts(readers[0].fd, start);
    read_slowly(slow, slow_count, start);
    int ready = epoll_wait(epoll, events, 1024, 1);
    for (int index = 0; index < ready; index++) {
      read_all(events[index].data.ptr);
      if (index % 64 == 0) set_parts(readers[0].fd, start);  // on time, however much there is to read
    }
    if (now < settled) continue;
    long memory = resident_memory();
    if (memory_settled == 0) memory_settled = memory;
    if (memory > memory_most) memory_most = memory;
  }
  double cpu = cost_so_far().cpu[0] - before.cpu[0];
  printf("{\"changes\": %llu, \"values\": %llu, \"median_ms\": %llu, \"p99_ms\": %llu, \"most_ms\": %llu, ",
         (unsigned long long)set_count, (unsigned long long)values, (unsigned long long)percentile(0.5),
         (unsigned long long)percentile(0.99), (unsigned long long)percentile(1));
  printf("\"bytes_per_reader\": %llu, \"cpu_percent\": %.1f, \"memory_kb\": %ld, \"memory_most_kb\": %ld}\n",
         (unsigned long long)(bytes_read / (uint64_t)quick_count), cpu / (now - start) * 100, memory_settled, memory_most);
  return 0;
}
