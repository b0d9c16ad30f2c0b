// SPDX-License-Identifier: MIT
// CivetWeb's client. It gives a Close to the program and answers nothing by itself; a program that wants to say that it
// goes sends a Close, as here.
#include <civetweb.h>
#include <unistd.h>

#include "scenario.h"

static volatile int is_over;
static char *message;
static size_t message_count;
static int is_text, code;
static char reason[128];

static void act(struct mg_connection *socket, struct data answer) {
  if (answer.kind == DONE) mg_websocket_client_write(socket, MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE, "\x03\xe8", 2);
  else if (answer.kind != NOTHING)
    mg_websocket_client_write(socket, answer.kind == TEXT ? MG_WEBSOCKET_OPCODE_TEXT : MG_WEBSOCKET_OPCODE_BINARY,
                              answer.bytes, answer.count);
}

static int on_frame(struct mg_connection *socket, int first, char *bytes, size_t count, void *user) {
  int opcode = first & 0xf;
  if (opcode == MG_WEBSOCKET_OPCODE_PING) {
    mg_websocket_client_write(socket, MG_WEBSOCKET_OPCODE_PONG, bytes, count);
  } else if (opcode == MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE) {
    if (count >= 2) code = (unsigned char)bytes[0] << 8 | (unsigned char)bytes[1];
    snprintf(reason, sizeof reason, "%.*s", count > 2 ? (int)count - 2 : 0, bytes + 2);
    return 0;
  } else if (opcode < 3) {
    if (opcode != MG_WEBSOCKET_OPCODE_CONTINUATION) is_text = opcode == MG_WEBSOCKET_OPCODE_TEXT, message_count = 0;
    message = realloc(message, message_count + count + 1);
    memcpy(message + message_count, bytes, count);
    message_count += count;
    if (first & 0x80) act(socket, received(is_text, message, message_count));
  }
  return 1;
}

static void on_end(const struct mg_connection *socket, void *user) {
  closed(code, reason);
  is_over = 1;
}

int main(int count, char **arguments) {
  begin(count, arguments);
  mg_init_library(0);
  char host[128], path[128] = "/", problem[256] = "";
  int port = 80;
  if (sscanf(url, "ws://[%127[^]]]:%d%127s", host, &port, path) < 2)
    sscanf(url, "ws://%127[^:/]:%d%127s", host, &port, path);
  struct mg_connection *socket = mg_connect_websocket_client(host, port, 0, problem, sizeof problem, path, origin,
                                                             on_frame, on_end, NULL);
  if (!socket) {
    refused(problem);
    return 0;
  }
  act(socket, opened());
  while (!is_over) usleep(20000);
}
