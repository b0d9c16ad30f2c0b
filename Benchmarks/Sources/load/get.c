// SPDX-License-Identifier: MIT

#define _GNU_SOURCE
#include "get.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "cost.h"

enum { MOST_HEAD = 2048 };
static const double patience = 5;  // seconds without an answer

struct getter {
  int fd;
  size_t head_size, body_left;  // of the answer that is coming
  char head[MOST_HEAD + 1];
};

static struct getter *getters;
static int epoll;
static char *requests;  // `depth` of them
static size_t request_size;
static uint64_t answers;
static long body_size;

long get_body_size(void) { return body_size; }

static void ask(struct getter *getter, long count) {
  size_t size = request_size * (size_t)count;
  if (send(getter->fd, requests, size, MSG_NOSIGNAL) != (ssize_t)size) fail("send: %s", strerror(errno));
}

void get_begin(long port, long connections, long depth, const char *path) {
  char request[512];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%ld\r\n\r\n", path, port);
  if (length < 0 || (size_t)length >= sizeof request) fail("the path is too long");
  request_size = (size_t)length;
  requests = malloc(request_size * (size_t)depth);
  for (long index = 0; index < depth; index++) memcpy(requests + request_size * (size_t)index, request, request_size);

  epoll = epoll_create1(0);
  getters = calloc((size_t)connections, sizeof *getters);
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (long index = 0; index < connections; index++) {
    struct getter *getter = &getters[index];
    int on = 1;
    getter->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(getter->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(getter->fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = getter};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, getter->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
    ask(getter, depth);
  }
}

/// The head has come: what is left of the body.
static size_t judge(const char *head) {
  const char *field = strcasestr(head, "\r\ncontent-length:");
  if (strncmp(head, "HTTP/1.1 200 ", 13) != 0 || field == NULL) fail("not a 200 with a length: %.200s", head);
  body_size = strtol(field + 17, NULL, 10);
  if (body_size < 0) fail("a body of %ld bytes", body_size);
  return (size_t)body_size;
}

/// Takes what came; returns how many answers it completes.
static long take(struct getter *getter, const char *bytes, size_t count) {
  long complete = 0;
  while (count > 0 || (getter->head_size == 0 && getter->body_left > 0)) {
    if (getter->body_left > 0) {
      size_t part = getter->body_left < count ? getter->body_left : count;
      bytes += part, count -= part, getter->body_left -= part;
      if (getter->body_left > 0) return complete;
      complete++;
      continue;
    }
    if (getter->head_size == MOST_HEAD) fail("the head of an answer is too long");
    char byte = getter->head[getter->head_size++] = *bytes++;
    count--;
    if (byte != '\n' || getter->head_size < 4 || memcmp(getter->head + getter->head_size - 4, "\r\n\r\n", 4) != 0) continue;
    getter->head[getter->head_size] = 0;
    getter->head_size = 0;
    getter->body_left = judge(getter->head);
    if (getter->body_left == 0) complete++;
  }
  return complete;
}

uint64_t get_until(double end, uint64_t count) {
  static char buffer[1 << 18];
  struct epoll_event events[256];
  double last_progress = seconds_of(CLOCK_MONOTONIC);
  while (answers < count) {
    double now = seconds_of(CLOCK_MONOTONIC);
    if (now >= end) break;
    int ready = epoll_wait(epoll, events, 256, 100);
    for (int index = 0; index < ready; index++) {
      struct getter *getter = events[index].data.ptr;
      ssize_t got = recv(getter->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0) fail("the server closed a connection (%s)", got == 0 ? "end" : strerror(errno));
      long complete = take(getter, buffer, (size_t)got);
      if (complete > 0) ask(getter, complete);
      answers += (uint64_t)complete;
      if (complete > 0) last_progress = now;
    }
    if (now - last_progress > patience) fail("nothing has come back for %g s", patience);
  }
  return answers;
}
