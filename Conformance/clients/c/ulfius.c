// SPDX-License-Identifier: MIT
// Ulfius. Its client answers a Close by itself and shows the program neither code nor reason.
#include <ulfius.h>
#include <unistd.h>

#include "scenario.h"

static void act(struct _websocket_manager *manager, struct data answer) {
  if (answer.kind == DONE) ulfius_websocket_send_close_signal(manager);
  else if (answer.kind != NOTHING)
    ulfius_websocket_send_message(manager, answer.kind == TEXT ? U_WEBSOCKET_OPCODE_TEXT : U_WEBSOCKET_OPCODE_BINARY,
                                  answer.count, answer.bytes);
}

static void on_message(const struct _u_request *request, struct _websocket_manager *manager,
                       const struct _websocket_message *message, void *user) {
  if (message->opcode != U_WEBSOCKET_OPCODE_TEXT && message->opcode != U_WEBSOCKET_OPCODE_BINARY) return;
  act(manager, received(message->opcode == U_WEBSOCKET_OPCODE_TEXT, message->data, message->data_len));
}

static void on_open(const struct _u_request *request, struct _websocket_manager *manager, void *user) {
  act(manager, opened());
  while (ulfius_websocket_status(manager) == U_WEBSOCKET_STATUS_OPEN) usleep(20000);
}

int main(int count, char **arguments) {
  begin(count, arguments);
  struct _u_request request;
  struct _u_response response;
  struct _websocket_client_handler handler = {NULL, NULL};
  ulfius_init_request(&request);
  ulfius_init_response(&response);
  ulfius_set_websocket_request(&request, url, NULL, NULL);
  if (origin) u_map_put(request.map_header, "Origin", origin);
  if (authorization) u_map_put(request.map_header, "Authorization", authorization);
  int status = ulfius_open_websocket_client_connection(&request, on_open, NULL, on_message, NULL, NULL, NULL, &handler,
                                                       &response);
  char words[64];
  snprintf(words, sizeof words, "result %d, status %ld", status, response.status);
  if (status != U_OK) refused(words);
  else {
    ulfius_websocket_client_connection_wait_close(&handler, 0);
    closed(0, "");
  }
}
