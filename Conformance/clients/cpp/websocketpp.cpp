// SPDX-License-Identifier: MIT
// WebSocket++, on Asio.
#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>

#include "../c/scenario.h"

using Client = websocketpp::client<websocketpp::config::asio_client>;
using websocketpp::connection_hdl;
namespace opcode = websocketpp::frame::opcode;

static Client client;

static void act(connection_hdl socket, struct data answer) {
  websocketpp::lib::error_code problem;
  if (answer.kind == DONE) client.close(socket, websocketpp::close::status::normal, "", problem);
  else if (answer.kind != NOTHING)
    client.send(socket, answer.bytes, answer.count, answer.kind == TEXT ? opcode::text : opcode::binary, problem);
}

int main(int count, char **arguments) {
  begin(count, arguments);
  client.clear_access_channels(websocketpp::log::alevel::all);
  client.clear_error_channels(websocketpp::log::elevel::all);
  client.init_asio();
  client.set_open_handler([](connection_hdl socket) { act(socket, opened()); });
  client.set_message_handler([](connection_hdl socket, Client::message_ptr message) {
    const std::string &bytes = message->get_payload();
    act(socket, received(message->get_opcode() == opcode::text, bytes.data(), bytes.size()));
  });
  client.set_fail_handler([](connection_hdl socket) {
    auto connection = client.get_con_from_hdl(socket);
    refused((connection->get_ec().message() + " " + connection->get_response_msg()).c_str());
  });
  client.set_close_handler([](connection_hdl socket) {
    auto connection = client.get_con_from_hdl(socket);
    closed(connection->get_remote_close_code(), connection->get_remote_close_reason().c_str());
  });
  websocketpp::lib::error_code problem;
  auto connection = client.get_connection(url, problem);
  if (problem) {
    refused(problem.message().c_str());
    return 0;
  }
  if (origin) connection->append_header("Origin", origin);
  if (authorization) connection->append_header("Authorization", authorization);
  client.connect(connection);
  client.run();
}
