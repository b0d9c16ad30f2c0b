// SPDX-License-Identifier: MIT
// Boost.Beast. Host and everything else in the handshake are the program's.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include "../c/scenario.h"

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::asio::ip::tcp;

int main(int count, char **arguments) {
  begin(count, arguments);
  std::string rest = std::string(url).substr(5);
  std::string authority = rest.substr(0, rest.find('/')), path = rest.substr(rest.find('/'));
  std::string host = authority.substr(0, authority.rfind(':')), port = authority.substr(authority.rfind(':') + 1);
  if (host[0] == '[') host = host.substr(1, host.size() - 2);
  boost::asio::io_context context;
  websocket::stream<tcp::socket> socket(context);
  try {
    boost::asio::connect(socket.next_layer(), tcp::resolver(context).resolve(host, port));
    socket.set_option(websocket::stream_base::decorator([](websocket::request_type &request) {
      if (origin) request.set(beast::http::field::origin, origin);
      if (authorization) request.set(beast::http::field::authorization, authorization);
    }));
    socket.handshake(authority, path);
  } catch (boost::system::system_error &problem) {
    refused(problem.what());
    return 0;
  }
  auto answer = opened();
  beast::flat_buffer buffer;
  beast::error_code problem;
  while (!problem && answer.kind != DONE) {
    if (answer.kind != NOTHING) {
      socket.text(answer.kind == TEXT);
      socket.write(boost::asio::buffer(answer.bytes, answer.count), problem);
    }
    if (!problem) socket.read(buffer, problem);
    if (!problem) answer = received(socket.got_text(), (const char *)buffer.data().data(), buffer.size());
    buffer.clear();
  }
  if (!problem) {
    socket.close(websocket::close_code::normal, problem);
    closed(1000, problem ? problem.message().c_str() : "");
  } else {
    closed(problem == websocket::error::closed ? socket.reason().code : 0,
           problem == websocket::error::closed ? socket.reason().reason.c_str() : problem.message().c_str());
  }
}
