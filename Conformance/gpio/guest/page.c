// SPDX-License-Identifier: MIT

// From the press to the page, on one clock: a client of the WebSocket beside the program that it measures.
//
// Its answer has a number for each press: microseconds from before the write to gpio-sim's `pull` until a state with
// the button pressed has come. It trusts its peer: what is measured is time, what is right is others' business.
// Source: RFC 6455, sections 4.1 and 5.2.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hand.h"

enum { text = 0x81, ping = 0x89, pong = 0x8A, patience = 10 };

static int receive_all(int page, void *bytes, size_t count) {
  return recv(page, bytes, count, MSG_WAITALL) == (ssize_t)count;
}

// The next text in `payload`, at most `capacity` bytes; pings on the way are answered. Its length, or -1.
static ssize_t next_text(int page, unsigned char *payload, size_t capacity) {
  while (1) {
    unsigned char head[4];
    if (!receive_all(page, head, 2)) return -1;
    size_t count = head[1];
    if (count == 126) {
      if (!receive_all(page, head + 2, 2)) return -1;
      count = (size_t)head[2] << 8 | head[3];
    }
    if (count > capacity || !receive_all(page, payload, count)) return -1;
    if (head[0] == text) return (ssize_t)count;
    if (head[0] == ping && count < 126) {
      unsigned char answer[6 + 125] = {pong, (unsigned char)(0x80 | count)};  // masked with zeros
      memcpy(answer + 6, payload, count);
      send(page, answer, 6 + count, MSG_NOSIGNAL);
    }
  }
}

static int wait_for(int page, const char *words) {
  unsigned char payload[16384];
  while (1) {
    ssize_t count = next_text(page, payload, sizeof payload);
    if (count < 0) return 0;
    if (memmem(payload, (size_t)count, words, strlen(words)) != NULL) return 1;
  }
}

static int open_page(int port) {
  int page = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timeval limit = {.tv_sec = patience};
  setsockopt(page, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(page, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char request[256], response[1024];
  int count = snprintf(request, sizeof request,
                       "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", port);
  int is_open = connect(page, (struct sockaddr *)&address, sizeof address) == 0 &&
                send(page, request, (size_t)count, MSG_NOSIGNAL) == count;
  // To the end of the head and no further: the first message may be right behind it.
  for (size_t end = 0; is_open; ) {
    is_open = end < sizeof response && receive_all(page, response + end, 1);
    end += 1;
    if (is_open && end >= 4 && memcmp(response + end - 4, "\r\n\r\n", 4) == 0) break;
  }
  if (is_open) return page;
  close(page);
  return -1;
}

int do_page(char *words, struct answer *answer) {
  int page = open_page((int)next_number(&words));
  if (page < 0) return fails(answer, "page");
  int pull = open_pull(next_word(&words));
  long long count = next_number(&words);
  int64_t hold = next_number(&words) * 1000, gap = next_number(&words) * 1000;
  int is_done = pull >= 0 || fails(answer, "pull");
  hurry();
  for (long long press = 0; is_done && press < count; press++) {
    int64_t start = now();
    set_pressed(pull, 1);
    is_done = wait_for(page, "\"pressed\":true");
    say(answer, "%lld ", (long long)((now() - start) / 1000));
    sleep_until(start + hold);
    set_pressed(pull, 0);
    is_done = is_done && wait_for(page, "\"pressed\":false");
    if (!is_done) fails(answer, "the page was not told");
    sleep_until(now() + gap);
  }
  close(pull);
  close(page);
  return is_done;
}
