// SPDX-License-Identifier: MIT
//
// A WebSocket load generator for servers on this machine (Linux). One thread, one epoll; the server's cost is
// read from its process clock, so what the generator itself spends does not count. Every byte that comes back
// is compared with the one that must come. Bounded: it ends after --seconds or --messages, and gives up with
// status 1 when nothing has moved for five seconds.
//
//     load echo|broadcast|idle|churn|get --port PORT --pid PID [--conns N] [--depth N] [--size BYTES] [--text]
//          [--seconds S | --messages N] [--warmup S] [--allocations FILE] [--tls] [--deflate]
//
// echo: each connection keeps --depth messages in flight. broadcast: one connection sends a message that
// starts with B, and the next when everybody has it. idle: the connections are silent and only answer pings.
// churn: --conns at a time come and go (churn.h), and what counts as a message is a connection. get: each connection
// keeps --depth requests for --path in flight (get.h), and what counts is an answer.
// --pid may be given twice, for a server behind another: their costs are added, and told one by one, too.
// The last line of output is one JSON object. Protocol: RFC 6455.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "churn.h"
#include "cost.h"
#include "get.h"
#include "tls.h"

enum mode { ECHO, BROADCAST, IDLE, CHURN, GET };
static const char *const mode_names[] = {"echo", "broadcast", "idle", "churn", "get"};

static const struct timeval stall_limit = {.tv_sec = 5};

static struct {
  enum mode mode;
  long port, conns, depth, size, messages;
  double seconds, warmup;
  bool text, tls, deflate;
  const char *allocations, *path;
} options = {.conns = 100, .depth = 1, .size = 32, .seconds = 2, .warmup = 0.5, .path = "/"};

/// One WebSocket connection to the server.
struct conn {
  int fd;
  void *tls;  // NULL: in the open
  size_t matched;  // of the expected frame
  uint8_t ping[2 + 125];  // header and payload of a ping of the server, as far as it has come
  size_t ping_count;
  size_t unsent, offset;  // bytes still to be sent, and where in `batch` they begin
  bool wants_write;
};

/// What the clock, the kernel and the counter said at one moment.
struct sample {
  double time;
  struct cost cost;
  uint64_t received;
};

static struct conn *conns;
static int epoll;
/// The frame that the server has to answer with, and `depth` of the frames that make it do so.
static uint8_t *expected, *batch;
static size_t expected_size, frame_size;
static uint64_t received;
static uint64_t budget = UINT64_MAX;  // messages that may still be sent

static struct sample take_sample(void) {
  return (struct sample){seconds_of(CLOCK_MONOTONIC), cost_so_far(), received};
}

// MARK: Frames

/// Writes the header of a frame (RFC 6455 section 5.2) and returns its size; a client's is followed by a key.
static size_t put_header(uint8_t *out, uint8_t opcode, size_t length, bool masked) {
  uint8_t mask = masked ? 0x80 : 0;
  size_t count = 0;
  out[count++] = 0x80 | opcode;
  int bytes = length < 126 ? 0 : length < 65536 ? 2 : 8;
  out[count++] = mask | (uint8_t)(bytes == 0 ? length : bytes == 2 ? 126 : 127);
  while (bytes-- > 0) out[count++] = (uint8_t)(length >> (8 * bytes));
  return count;
}

static void make_frames(void) {
  static const uint8_t key[4] = {0xA3, 0x1C, 0x55, 0xE8};
  size_t size = (size_t)options.size;
  uint8_t opcode = options.text ? 1 : 2;
  expected = malloc(size + 10);
  uint8_t *frame = malloc(size + 14);
  expected_size = put_header(expected, opcode, size, false);
  frame_size = put_header(frame, opcode, size, true);
  memcpy(frame + frame_size, key, 4);
  frame_size += 4;
  for (size_t index = 0; index < size; index++) {
    uint8_t byte = index > 0 ? (uint8_t)('a' + index % 26) : options.mode == BROADCAST ? 'B' : 'E';
    expected[expected_size++] = byte;
    frame[frame_size++] = byte ^ key[index % 4];
  }
  size_t total = frame_size * (size_t)options.depth;
  batch = malloc(total);
  for (size_t at = 0; at < total; at += frame_size) memcpy(batch + at, frame, frame_size);
  free(frame);
}

// MARK: One connection

/// As send(2).
static ssize_t put(struct conn *conn, const void *bytes, size_t count) {
  if (conn->tls != NULL) return tls_write(conn->tls, bytes, count);
  return send(conn->fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// As recv(2), but a record of TLS at a time.
static ssize_t get(struct conn *conn, void *buffer, size_t count) {
  if (conn->tls != NULL) return tls_read(conn->tls, buffer, count);
  return recv(conn->fd, buffer, count, MSG_DONTWAIT);
}

static void watch(struct conn *conn, int operation, bool for_write) {
  struct epoll_event event = {.events = for_write ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = conn};
  if (epoll_ctl(epoll, operation, conn->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
  conn->wants_write = for_write;
}

static void flush_conn(struct conn *conn) {
  size_t total = frame_size * (size_t)options.depth;
  while (conn->unsent > 0) {
    size_t count = total - conn->offset < conn->unsent ? total - conn->offset : conn->unsent;
    ssize_t sent = put(conn, batch + conn->offset, count);
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) fail("send: %s", strerror(errno));
    conn->unsent -= (size_t)sent;
    conn->offset = (conn->offset + (size_t)sent) % total;
  }
  if (conn->wants_write != (conn->unsent > 0)) watch(conn, EPOLL_CTL_MOD, conn->unsent > 0);
}

static void send_messages(struct conn *conn, uint64_t count) {
  if (count > budget) count = budget;
  budget -= count;
  conn->unsent += frame_size * count;
  flush_conn(conn);
}

static void send_pong(struct conn *conn) {
  if (conn->unsent > 0) return;  // our own frame is under way; the server sees that we live
  uint8_t pong[2 + 4 + 125];
  size_t length = conn->ping_count - 2;
  size_t count = put_header(pong, 0xA, length, true);
  memset(pong + count, 0, 4);  // a key of zeros leaves the payload as it is
  memcpy(pong + count + 4, conn->ping + 2, length);
  put(conn, pong, count + 4 + length);
}

/// Takes a byte of a ping that lies between two messages.
static void take_ping(struct conn *conn, uint8_t byte) {
  conn->ping[conn->ping_count++] = byte;
  if (conn->ping_count >= 2 && conn->ping[1] > 125) fail("a ping of %d bytes", conn->ping[1]);
  if (conn->ping_count < 2 || conn->ping_count < 2 + (size_t)conn->ping[1]) return;
  send_pong(conn);
  conn->ping_count = 0;
}

/// Compares what came with what must come; returns how many messages it completes.
static uint64_t take(struct conn *conn, const uint8_t *bytes, size_t count) {
  uint64_t messages = 0;
  size_t at = 0;
  while (at < count) {
    if (conn->ping_count > 0 || (conn->matched == 0 && bytes[at] == 0x89)) {
      take_ping(conn, bytes[at++]);
      continue;
    }
    size_t part = expected_size - conn->matched < count - at ? expected_size - conn->matched : count - at;
    if (options.mode == IDLE || memcmp(expected + conn->matched, bytes + at, part) != 0) {
      fail("the server sent something else than it should: 0x%02x at %zu", bytes[at], conn->matched);
    }
    at += part;
    conn->matched += part;
    if (conn->matched < expected_size) break;
    conn->matched = 0;
    messages++;
  }
  return messages;
}

// MARK: The handshake

static void shake_hands(struct conn *conn) {
  // The sample of RFC 6455 section 1.3, whose answer is known.
  char request[256], response[2048];
  int length = snprintf(request, sizeof request,
                        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%ld\r\n"
                        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        options.port);
  if (put(conn, request, (size_t)length) != length) fail("send: %s", strerror(errno));
  size_t count = 0;
  response[0] = 0;
  while (strstr(response, "\r\n\r\n") == NULL) {
    struct pollfd readable = {.fd = conn->fd, .events = POLLIN};
    ssize_t got = get(conn, response + count, sizeof response - 1 - count);
    if (got < 0 && errno == EAGAIN && poll(&readable, 1, (int)stall_limit.tv_sec * 1000) == 1) continue;
    if (got <= 0) fail("no answer to the handshake (%s)", got == 0 ? "closed" : strerror(errno));
    count += (size_t)got;
    response[count] = 0;
  }
  bool is_accepted = strstr(response, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != NULL;
  if (strncmp(response, "HTTP/1.1 101 ", 13) != 0 || !is_accepted) fail("the handshake failed: %s", response);
}

static void open_conn(struct conn *conn, long index) {
  // Another source address every 20,000 connections: there are not ports enough for more.
  struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(index / 20000));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons((uint16_t)options.port);
  int on = 1;
  conn->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (conn->fd < 0) fail("socket: %s", strerror(errno));
  setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(conn->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(conn->fd, SOL_SOCKET, SO_RCVTIMEO, &stall_limit, sizeof stall_limit);
  setsockopt(conn->fd, SOL_SOCKET, SO_SNDTIMEO, &stall_limit, sizeof stall_limit);
  if (bind(conn->fd, (struct sockaddr *)&from, sizeof from) != 0 ||
      connect(conn->fd, (struct sockaddr *)&to, sizeof to) != 0) {
    fail("connect: %s", strerror(errno));
  }
  if (options.tls) {
    conn->tls = tls_connect(conn->fd);
    fcntl(conn->fd, F_SETFL, O_NONBLOCK);
  }
  shake_hands(conn);
  watch(conn, EPOLL_CTL_ADD, false);
}

// MARK: The load

static void begin_load(void) {
  uint64_t depth = (uint64_t)options.depth;
  if (options.mode == ECHO) {
    for (long index = 0; index < options.conns; index++) send_messages(&conns[index], depth);
  } else if (options.mode == BROADCAST) {
    send_messages(&conns[0], depth);
  }
}

static void serve(struct conn *conn, uint32_t events) {
  static uint8_t buffer[1 << 18];
  static uint64_t owed;  // recipients of broadcasts that are not complete
  if (events & EPOLLOUT) flush_conn(conn);
  if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP))) return;
  uint64_t messages = 0;
  do {
    ssize_t count = get(conn, buffer, sizeof buffer);
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) fail("the server closed a connection (%s)", count == 0 ? "end" : strerror(errno));
    messages += take(conn, buffer, (size_t)count);
  } while (conn->tls != NULL);
  received += messages;
  if (options.mode == ECHO) {
    if (messages > 0) send_messages(conn, messages);
  } else if (options.mode == BROADCAST) {
    owed += messages;
    uint64_t complete = owed / (uint64_t)options.conns;
    owed %= (uint64_t)options.conns;
    if (complete > 0) send_messages(&conns[0], complete);
  }
}

/// Lets the load run until `end`, or until `count` messages have come.
static void run_until(double end, uint64_t count) {
  struct epoll_event events[1024];
  double last_progress = seconds_of(CLOCK_MONOTONIC);
  while (received < count) {
    double now = seconds_of(CLOCK_MONOTONIC);
    if (now >= end) return;
    int wait = (int)((end - now) * 1000) + 1;
    int ready = epoll_wait(epoll, events, 1024, wait < 100 ? wait : 100);
    if (ready < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
    uint64_t before = received;
    for (int index = 0; index < ready; index++) serve(events[index].data.ptr, events[index].events);
    if (options.mode == IDLE || received > before) {
      last_progress = now;
    } else if (now - last_progress > (double)stall_limit.tv_sec) {
      fail("nothing has come back for %ld s", (long)stall_limit.tv_sec);
    }
  }
}

static void report(struct sample from, struct sample to, long memory, long memory_before) {
  uint64_t messages = to.received - from.received;
  double seconds = to.time - from.time, cpu = 0;
  double parts[MOST_PROCESSES];
  for (long index = 0; index < process_count(); index++) {
    parts[index] = to.cost.cpu[index] - from.cost.cpu[index];
    cpu += parts[index];
  }
  printf("{\"mode\": \"%s\", \"text\": %s, \"conns\": %ld, ", mode_names[options.mode],
         options.text ? "true" : "false", options.conns);
  printf("\"depth\": %ld, \"size\": %ld, \"messages\": %llu, \"seconds\": %.3f, ", options.depth,
         options.size, (unsigned long long)messages, seconds);
  if (messages > 0) {
    printf("\"cpu_us_per_message\": %.4f, \"cpu_us_of_each\": [", cpu * 1e6 / (double)messages);
    for (long index = 0; index < process_count(); index++) {
      printf("%s%.4f", index > 0 ? ", " : "", parts[index] * 1e6 / (double)messages);
    }
    printf("], ");
  }
  if (options.mode == CHURN) printf("\"greeting\": %ld, ", churn_greeting());
  if (options.mode == GET) printf("\"body\": %ld, ", get_body_size());
  if (options.tls) printf("\"cipher\": \"%s\", ", tls_cipher(conns[0].tls));
  unsigned long long allocations = to.cost.allocations - from.cost.allocations;
  if (options.allocations != NULL) printf("\"allocations\": %llu, ", allocations);
  double each = 1 / (double)options.conns;
  printf("\"cpu_percent\": %.3f, ", cpu / seconds * 100);
  printf("\"rss_kb_per_conn\": %.3f, ", (double)(memory - memory_before) * each);
  printf("\"rss_kb_per_conn_at_end\": %.3f}\n", (double)(resident_memory() - memory_before) * each);
}

// MARK: Options

static void parse(char **arguments) {
  const char *mode = *arguments != NULL ? *arguments++ : "";
  while (strcmp(mode, mode_names[options.mode]) != 0) {
    if (++options.mode > GET) fail("the first word is echo, broadcast, idle, churn or get");
  }
  while (*arguments != NULL) {
    const char *name = *arguments++, *value = *arguments;
    if (strcmp(name, "--text") == 0) { options.text = true; continue; }
    if (strcmp(name, "--tls") == 0) { options.tls = true; continue; }
    if (strcmp(name, "--deflate") == 0) { options.deflate = true; continue; }
    if (strcmp(name, "--port") == 0) options.port = (long)number(name, value, 1, 65535);
    else if (strcmp(name, "--pid") == 0) watch_process((long)number(name, value, 1, 1 << 30));
    else if (strcmp(name, "--conns") == 0) options.conns = (long)number(name, value, 1, 100000);
    else if (strcmp(name, "--depth") == 0) options.depth = (long)number(name, value, 1, 10000);
    else if (strcmp(name, "--size") == 0) options.size = (long)number(name, value, 1, 1 << 24);
    else if (strcmp(name, "--messages") == 0) options.messages = (long)number(name, value, 1, 1e12);
    else if (strcmp(name, "--seconds") == 0) options.seconds = number(name, value, 0.1, 3600);
    else if (strcmp(name, "--warmup") == 0) options.warmup = number(name, value, 0, 3600);
    else if (strcmp(name, "--allocations") == 0 && value != NULL) options.allocations = value;
    else if (strcmp(name, "--path") == 0 && value != NULL) options.path = value;
    else fail("unknown option %s", name);
    arguments++;
  }
  if (options.port == 0 || process_count() == 0) fail("--port and --pid are needed");
  if (options.mode >= CHURN && options.tls) fail("%s is in the open only", mode_names[options.mode]);
}

/// The loads that have a loop of their own, which `until` is.
static void run_other(uint64_t (*until)(double end, uint64_t count)) {
  uint64_t most = options.messages > 0 ? (uint64_t)options.messages : UINT64_MAX / 2;
  double seconds = options.messages > 0 ? 3600 : options.seconds;
  received = until(seconds_of(CLOCK_MONOTONIC) + options.warmup, UINT64_MAX);
  struct sample from = take_sample();
  received = until(from.time + seconds, received + most);
  long memory = resident_memory();
  report(from, take_sample(), memory, memory);
}

int main(int argc, char **argv) {
  (void)argc;
  parse(argv + 1);
  if (options.tls) tls_begin();
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (options.allocations != NULL) watch_allocations(options.allocations);
  if (options.mode == CHURN) {
    churn_begin(options.port, options.conns, options.deflate);
    run_other(churn_until);
    return 0;
  }
  if (options.mode == GET) {
    get_begin(options.port, options.conns, options.depth, options.path);
    run_other(get_until);
    return 0;
  }
  make_frames();

  epoll = epoll_create1(0);
  conns = calloc((size_t)options.conns, sizeof *conns);
  long memory_before = resident_memory();
  for (long index = 0; index < options.conns; index++) open_conn(&conns[index], index);
  usleep(200000);  // the server's own work after a handshake is done
  long memory = resident_memory();

  struct sample from;
  if (options.messages > 0) {
    uint64_t recipients = options.mode == BROADCAST ? (uint64_t)options.conns : 1;
    budget = (uint64_t)options.messages;
    from = take_sample();
    begin_load();
    run_until(from.time + 3600, (uint64_t)options.messages * recipients);
  } else {
    begin_load();
    run_until(seconds_of(CLOCK_MONOTONIC) + options.warmup, UINT64_MAX);
    from = take_sample();
    run_until(from.time + options.seconds, UINT64_MAX);
  }
  report(from, take_sample(), memory, memory_before);
  return 0;
}
