// SPDX-License-Identifier: MIT
//
// See churn.h. Protocol: RFC 6455, sections 4.1, 5.2 and 7.1.1.

#define _GNU_SOURCE
#include "churn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "cost.h"

/// What comes next from the server.
enum stage { RESPONSE, GREETING, CLOSE, END };
static const char *const stage_names[] = {"101", "first message", "Close", "end"};

struct visit {
  int fd;
  enum stage stage;
  size_t count;  // bytes in `input`
  uint8_t input[65536];
};

static const double patience = 5;  // seconds without any visit's end

static struct visit *visits;
static long visit_count;
static int epoll;
static struct sockaddr_in server = {.sin_family = AF_INET};
static char request[1024];
static size_t request_size;
static bool may_compress;
static uint64_t ended;
static long greeting;

static void start(struct visit *visit) {
  int on = 1;
  struct timeval limit = {.tv_sec = (time_t)patience};
  visit->stage = RESPONSE;
  visit->count = 0;
  visit->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (visit->fd < 0) fail("socket: %s", strerror(errno));
  setsockopt(visit->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(visit->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);  // of connect(2), too
  if (connect(visit->fd, (struct sockaddr *)&server, sizeof server) != 0) fail("connect: %s", strerror(errno));
  if (send(visit->fd, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size) {
    fail("send: %s", strerror(errno));
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = visit};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, visit->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

static void take_out(struct visit *visit, size_t count) {
  visit->count -= count;
  memmove(visit->input, visit->input + count, visit->count);
}

/// The answer to the sample handshake of RFC 6455 section 1.3, whose key is known.
static bool take_response(struct visit *visit) {
  const char *text = (const char *)visit->input;
  const uint8_t *end = memmem(text, visit->count, "\r\n\r\n", 4);
  if (end == NULL) return false;
  size_t size = (size_t)(end + 4 - visit->input);
  bool is_accepted = memmem(text, size, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 28) != NULL;
  if (size < 13 || memcmp(text, "HTTP/1.1 101 ", 13) != 0 || !is_accepted) {
    fail("the handshake was refused after %llu visits: %.*s", (unsigned long long)ended, (int)size, text);
  }
  take_out(visit, size);
  return true;
}

/// Takes a whole frame of a server with this opcode, one that is no fragment; returns where its payload lies, and NULL if
/// it is not here yet.
static const uint8_t *take_frame(struct visit *visit, uint8_t opcode, size_t *length) {
  static const uint8_t compressed = 0x40;  // RFC 7692 section 6
  const uint8_t *input = visit->input;
  if (visit->count > 0 && (input[0] & ~(may_compress ? compressed : 0)) != (0x80 | opcode)) {
    fail("0x%02x instead of the %s", input[0], stage_names[visit->stage]);
  }
  if (visit->count < 2) return NULL;
  size_t header = input[1] < 126 ? 2 : 4;
  if (input[1] > 126) fail("a %s of more than 65,535 bytes, or masked", stage_names[visit->stage]);
  if (visit->count < header) return NULL;
  *length = header == 2 ? input[1] : (size_t)input[2] << 8 | input[3];
  if (header + *length > sizeof visit->input) fail("a %s of %zu bytes", stage_names[visit->stage], *length);
  return visit->count < header + *length ? NULL : input + header;
}

static bool take_greeting(struct visit *visit) {
  size_t length;
  const uint8_t *payload = take_frame(visit, 0x1, &length);
  if (payload == NULL) return false;
  if (memmem(payload, length, "\"type\":\"error\"", 14) != NULL) {
    fail("refused after %llu visits: %.*s", (unsigned long long)ended, (int)length, (const char *)payload);
  }
  greeting = (long)length;
  take_out(visit, (size_t)(payload - visit->input) + length);
  static const uint8_t farewell[] = {0x88, 0x82, 0, 0, 0, 0, 1000 >> 8, 1000 & 0xFF};
  if (send(visit->fd, farewell, sizeof farewell, MSG_NOSIGNAL) != sizeof farewell) fail("send: %s", strerror(errno));
  return true;
}

static bool take_close(struct visit *visit) {
  size_t length;
  const uint8_t *payload = take_frame(visit, 0x8, &length);
  if (payload == NULL) return false;
  if (length != 2 || payload[0] << 8 != (1000 & 0xFF00) || payload[1] != (1000 & 0xFF)) fail("a Close of its own");
  take_out(visit, (size_t)(payload - visit->input) + length);
  return true;
}

/// Goes on with what has come.
static void take(struct visit *visit) {
  if (visit->stage == RESPONSE && take_response(visit)) visit->stage = GREETING;
  if (visit->stage == GREETING && take_greeting(visit)) visit->stage = CLOSE;
  if (visit->stage == CLOSE && take_close(visit)) visit->stage = END;
  if (visit->stage == END && visit->count > 0) fail("%zu bytes after the Close", visit->count);
  if (visit->count == sizeof visit->input) fail("too much before the %s", stage_names[visit->stage]);
}

static void serve(struct visit *visit) {
  ssize_t got = recv(visit->fd, visit->input + visit->count, sizeof visit->input - visit->count, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got < 0) fail("recv: %s", strerror(errno));
  if (got > 0) {
    visit->count += (size_t)got;
    return take(visit);
  }
  if (visit->stage != END) fail("the server ended a connection before its %s", stage_names[visit->stage]);
  close(visit->fd);
  ended++;
  start(visit);
}

void churn_begin(long port, long parallel, int offers_deflate) {
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server.sin_port = htons((uint16_t)port);
  const char *offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  int size = snprintf(request, sizeof request,
                      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%ld\r\nConnection: Upgrade\r\nPragma: no-cache\r\n"
                      "Cache-Control: no-cache\r\n"
                      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                      "Chrome/140.0.0.0 Safari/537.36\r\n"
                      "Upgrade: websocket\r\nOrigin: http://127.0.0.1:%ld\r\nSec-WebSocket-Version: 13\r\n"
                      "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                      port, port, offers_deflate ? offer : "");
  request_size = (size_t)size;
  may_compress = offers_deflate;
  epoll = epoll_create1(EPOLL_CLOEXEC);
  visit_count = parallel;
  visits = calloc((size_t)parallel, sizeof *visits);
  if (epoll < 0 || visits == NULL) fail("no memory");
  for (long index = 0; index < parallel; index++) start(&visits[index]);
}

uint64_t churn_until(double end, uint64_t count) {
  struct epoll_event events[64];
  double last_progress = seconds_of(CLOCK_MONOTONIC);
  while (ended < count) {
    double now = seconds_of(CLOCK_MONOTONIC);
    if (now >= end) break;
    uint64_t before = ended;
    int ready = epoll_wait(epoll, events, 64, 10);
    if (ready < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
    for (int index = 0; index < ready; index++) serve(events[index].data.ptr);
    if (ended > before) {
      last_progress = now;
    } else if (now - last_progress > patience) {
      fail("no visit has ended for %g s; one waits for its %s", patience, stage_names[visits[0].stage]);
    }
  }
  return ended;
}

long churn_greeting(void) { return greeting; }
