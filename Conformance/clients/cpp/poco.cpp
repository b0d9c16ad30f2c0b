// SPDX-License-Identifier: MIT
// POCO's Net::WebSocket. It gives every frame to the program, pings and Close included, which the program answers.
#include <Poco/Buffer.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/WebSocket.h>
#include <Poco/URI.h>

#include "../c/scenario.h"

using Poco::Net::WebSocket;

static void converse(WebSocket &socket) {
  auto answer = opened();
  while (true) {
    if (answer.kind == DONE) {
      socket.shutdown();
    } else if (answer.kind != NOTHING) {
      socket.sendFrame(answer.bytes, (int)answer.count,
                       answer.kind == TEXT ? WebSocket::FRAME_TEXT : WebSocket::FRAME_BINARY);
    }
    answer.kind = NOTHING;
    Poco::Buffer<char> buffer(0);
    int flags = 0;
    int count = socket.receiveFrame(buffer, flags);
    int opcode = flags & WebSocket::FRAME_OP_BITMASK;
    if (opcode == WebSocket::FRAME_OP_PING) {
      socket.sendFrame(buffer.begin(), count, WebSocket::FRAME_FLAG_FIN | WebSocket::FRAME_OP_PONG);
    } else if (opcode == WebSocket::FRAME_OP_CLOSE || (count == 0 && flags == 0)) {
      int code = count >= 2 ? (unsigned char)buffer[0] << 8 | (unsigned char)buffer[1] : 0;
      socket.shutdown(code ? code : 1000);
      closed(code, count > 2 ? std::string(buffer.begin() + 2, count - 2).c_str() : "");
      return;
    } else {
      answer = received(opcode == WebSocket::FRAME_OP_TEXT, buffer.begin(), count);
    }
  }
}

int main(int count, char **arguments) {
  begin(count, arguments);
  Poco::URI uri(url);
  Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
  Poco::Net::HTTPRequest request("GET", uri.getPath(), "HTTP/1.1");
  Poco::Net::HTTPResponse response;
  if (origin) request.set("Origin", origin);
  if (authorization) request.set("Authorization", authorization);
  bool isOpen = false;
  try {
    WebSocket socket(session, request, response);
    socket.setReceiveTimeout(Poco::Timespan(0, 0));
    socket.setMaxPayloadSize(16 << 20);
    isOpen = true;
    converse(socket);
  } catch (Poco::Exception &problem) {
    isOpen ? closed(0, problem.displayText().c_str()) : refused(problem.displayText().c_str());
  }
}
