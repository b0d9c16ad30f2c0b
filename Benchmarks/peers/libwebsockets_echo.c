// SPDX-License-Identifier: MIT
//
// The echo on libwebsockets, on its own loop. What is to be sent waits in a queue of each client, since the library sends
// when it says so; a message to all is in every queue by reference.

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message {
  int references, is_text;
  size_t size;
  unsigned char bytes[];  // behind room for the library's own
};

struct entry {
  struct message *message;
  struct entry *next;
};

struct client {
  struct lws *socket;
  struct client *next;
  struct entry *first, *last;
  unsigned char *received;  // of a message that comes in several parts
  size_t received_size;
};

static struct client *clients;

static void drop(struct message *message) {
  if (--message->references == 0) free(message);
}

static void add(struct client *client, struct message *message) {
  struct entry *entry = malloc(sizeof *entry);
  *entry = (struct entry){.message = message};
  if (client->first) client->last->next = entry;
  else client->first = entry;
  client->last = entry;
  message->references++;
  lws_callback_on_writable(client->socket);
}

static void handle(struct client *client, int is_text) {
  struct message *message = malloc(sizeof *message + LWS_PRE + client->received_size);
  *message = (struct message){.references = 1, .is_text = is_text, .size = client->received_size};
  if (message->size > 0) memcpy(message->bytes + LWS_PRE, client->received, message->size);
  if (message->size > 0 && message->bytes[LWS_PRE] == 'B') {
    for (struct client *other = clients; other; other = other->next) add(other, message);
  } else {
    add(client, message);
  }
  drop(message);
  client->received_size = 0;
}

static int write_next(struct client *client) {
  struct entry *entry = client->first;
  if (!entry) return 0;
  struct message *message = entry->message;
  int count = lws_write(client->socket, message->bytes + LWS_PRE, message->size,
                        message->is_text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY);
  client->first = entry->next;
  free(entry);
  drop(message);
  if (count < 0) return -1;
  if (client->first) lws_callback_on_writable(client->socket);
  return 0;
}

static void end(struct client *client) {
  for (struct client **place = &clients; *place; place = &(*place)->next) {
    if (*place != client) continue;
    *place = client->next;
    break;
  }
  while (client->first) {
    struct entry *entry = client->first;
    client->first = entry->next;
    drop(entry->message);
    free(entry);
  }
  free(client->received);
}

static int echo(struct lws *socket, enum lws_callback_reasons reason, void *user, void *bytes, size_t size) {
  struct client *client = user;
  switch (reason) {
  case LWS_CALLBACK_ESTABLISHED:
    *client = (struct client){.socket = socket, .next = clients};
    clients = client;
    return 0;
  case LWS_CALLBACK_CLOSED:
    end(client);
    return 0;
  case LWS_CALLBACK_RECEIVE:
    client->received = realloc(client->received, client->received_size + size + 1);
    memcpy(client->received + client->received_size, bytes, size);
    client->received_size += size;
    if (lws_is_final_fragment(socket) && lws_remaining_packet_payload(socket) == 0)
      handle(client, !lws_frame_is_binary(socket));
    return 0;
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return write_next(client);
  default:
    return 0;
  }
}

int main(void) {
  lws_set_log_level(LLL_ERR, NULL);
  const struct lws_protocols protocols[] = {{"", echo, sizeof(struct client), 65536, 0, NULL, 0}, {0}};
  struct lws_context_creation_info info = {
      .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_IPV6, .fd_limit_per_thread = 16384};
  struct lws_context *context = lws_create_context(&info);
  info.protocols = protocols;
  info.iface = "127.0.0.1";
  info.port = 0;
  struct lws_vhost *host = context ? lws_create_vhost(context, &info) : NULL;
  if (!host) return 1;
  printf("libwebsockets %s\nws://127.0.0.1:%d/ws\n", lws_get_library_version(), lws_get_vhost_listen_port(host));
  fflush(stdout);
  while (lws_service(context, 0) >= 0) {}
}
