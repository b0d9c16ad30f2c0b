// SPDX-License-Identifier: MIT
// libwebsockets. Host and Origin are what the program says, here as they should be: with the port.
#include <libwebsockets.h>

#include "scenario.h"

static struct data pending;
static char *message;
static size_t message_count, sent_count;
static int is_open, is_over, code;
static char reason[128];

static void act(struct lws *socket, struct data answer) {
  pending = answer;
  sent_count = 0;
  if (answer.kind != NOTHING) lws_callback_on_writable(socket);
}

static int write_pending(struct lws *socket) {
  if (pending.kind == DONE) {
    lws_close_reason(socket, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
    return -1;
  }
  if (pending.kind == NOTHING) return 0;
  unsigned char *copy = malloc(LWS_PRE + pending.count);
  memcpy(copy + LWS_PRE, pending.bytes, pending.count);
  lws_write(socket, copy + LWS_PRE, pending.count, pending.kind == TEXT ? LWS_WRITE_TEXT : LWS_WRITE_BINARY);
  free(copy);
  pending.kind = NOTHING;
  return 0;
}

static void receive(struct lws *socket, const char *bytes, size_t count) {
  message = realloc(message, message_count + count + 1);
  memcpy(message + message_count, bytes, count);
  message_count += count;
  if (!lws_is_final_fragment(socket) || lws_remaining_packet_payload(socket)) return;
  count = message_count;
  message_count = 0;
  act(socket, received(!lws_frame_is_binary(socket), message, count));
}

static int add_authorization(struct lws *socket, unsigned char **place, size_t room) {
  if (!authorization) return 0;
  return lws_add_http_header_by_name(socket, (const unsigned char *)"Authorization:",
                                     (const unsigned char *)authorization, strlen(authorization), place, *place + room);
}

static int on_event(struct lws *socket, enum lws_callback_reasons event, void *user, void *bytes, size_t count) {
  switch (event) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: return add_authorization(socket, bytes, count);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      is_open = 1;
      act(socket, opened());
      break;
    case LWS_CALLBACK_CLIENT_RECEIVE: receive(socket, bytes, count); break;
    case LWS_CALLBACK_CLIENT_WRITEABLE: return write_pending(socket);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      if (count >= 2) code = ((unsigned char *)bytes)[0] << 8 | ((unsigned char *)bytes)[1];
      snprintf(reason, sizeof reason, "%.*s", count > 2 ? (int)count - 2 : 0, (char *)bytes + 2);
      break;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      refused(bytes ? bytes : "");
      is_over = 1;
      break;
    case LWS_CALLBACK_CLIENT_CLOSED:
      closed(code, reason);
      is_over = 1;
      break;
    default: break;
  }
  return 0;
}

int main(int count, char **arguments) {
  begin(count, arguments);
  lws_set_log_level(0, NULL);
  struct lws_protocols protocols[] = {{"", on_event, 0, 4096, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};
  struct lws_context_creation_info settings = {.port = CONTEXT_PORT_NO_LISTEN, .protocols = protocols, .gid = -1,
                                               .uid = -1};
  struct lws_context *context = lws_create_context(&settings);
  char parts[256], path[128], host[192];
  const char *scheme, *address, *rest;
  int port;
  snprintf(parts, sizeof parts, "%s", url);
  lws_parse_uri(parts, &scheme, &address, &port, &rest);
  snprintf(path, sizeof path, "/%s", rest);
  snprintf(host, sizeof host, strchr(address, ':') ? "[%s]:%d" : "%s:%d", address, port);
  struct lws_client_connect_info info = {.context = context, .address = address, .port = port, .path = path,
                                         .host = host, .origin = origin, .local_protocol_name = ""};
  if (!lws_client_connect_via_info(&info) && !is_over) refused("lws_client_connect_via_info gives nothing");
  else while (!is_over && lws_service(context, 0) >= 0) {}
  lws_context_destroy(context);
}
