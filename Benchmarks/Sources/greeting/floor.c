// SPDX-License-Identifier: MIT
//
// What the kernel alone takes for a connection that comes and goes (Linux): a server that makes the calls that any
// server has to make, epoll's and the sockets', and does nothing else. It reads no request and checks nothing: the first
// bytes of a connection are answered with the 101 of RFC 6455 section 1.3 and a message, the next ones with a Close and
// the end.
//
//     floor SIZE        bytes of the message, at most 65,535

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char response[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char farewell[] = {(char)0x88, 2, 1000 >> 8, (char)(1000 & 0xFF)};

static int epoll;
static bool has_greeted[65536];  // by descriptor
static char greeting[65536 + 4];
static size_t greeting_size;

static void watch(int fd, unsigned events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) exit(1);
}

static void accept_all(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    if (fd >= 65536) exit(1);
    has_greeted[fd] = false;
    watch(fd, EPOLLIN);
  }
}

static void serve(int fd) {
  static char buffer[4096];
  ssize_t count = recv(fd, buffer, sizeof buffer, 0);
  if (count <= 0) {
    close(fd);
  } else if (!has_greeted[fd]) {
    has_greeted[fd] = true;
    send(fd, response, sizeof response - 1, MSG_NOSIGNAL);
    send(fd, greeting, greeting_size, MSG_NOSIGNAL);
  } else {
    send(fd, farewell, sizeof farewell, MSG_NOSIGNAL | MSG_MORE);  // the end goes out along with it
    shutdown(fd, SHUT_WR);
  }
}

int main(int argc, char **argv) {
  size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
  if (size > 65535) return 1;
  greeting[greeting_size++] = (char)0x81;
  if (size < 126) {
    greeting[greeting_size++] = (char)size;
  } else {
    greeting[greeting_size++] = 126;
    greeting[greeting_size++] = (char)(size >> 8);
    greeting[greeting_size++] = (char)size;
  }
  memset(greeting + greeting_size, 'x', size);
  greeting_size += size;

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // passed on to what is accepted
  if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 256) != 0) return 1;
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("ws://127.0.0.1:%d/ws\n", ntohs(address.sin_port));
  fflush(stdout);

  epoll = epoll_create1(0);
  watch(listener, EPOLLIN);
  for (;;) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll, events, 64, -1);
    for (int index = 0; index < ready; index++) {
      if (events[index].data.fd == listener) accept_all(listener);
      else serve(events[index].data.fd);
    }
  }
}
