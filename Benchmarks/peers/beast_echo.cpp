// SPDX-License-Identifier: MIT
//
// The echo on Boost.Beast, one thread, without exceptions and without locks. A client's messages wait in a queue while one
// is being written; a message to all is in every queue by reference.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <unordered_set>

namespace asio = boost::asio;
namespace beast = boost::beast;
using Tcp = asio::ip::tcp;
using Code = beast::error_code;

class Client;
static std::unordered_set<Client *> clients;

class Client : public std::enable_shared_from_this<Client> {
 public:
  explicit Client(Tcp::socket socket) : stream_(std::move(socket)) {}
  ~Client() { clients.erase(this); }

  void run() {
    beast::get_lowest_layer(stream_).set_option(Tcp::no_delay(true));
    stream_.async_accept([self = shared_from_this()](Code code) {
      if (code) return;
      clients.insert(self.get());
      self->read();
    });
  }

 private:
  struct Message {
    std::string bytes;
    bool is_text;
  };

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](Code code, std::size_t) {
      if (code) return;
      auto message = std::make_shared<Message>(
          Message{beast::buffers_to_string(self->buffer_.data()), self->stream_.got_text()});
      self->buffer_.consume(self->buffer_.size());
      if (!message->bytes.empty() && message->bytes[0] == 'B') {
        for (Client *client : clients) client->add(message);
      } else {
        self->add(message);
      }
      self->read();
    });
  }

  void add(std::shared_ptr<Message> message) {
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) write();
  }

  void write() {
    stream_.text(queue_.front()->is_text);
    stream_.async_write(asio::buffer(queue_.front()->bytes), [self = shared_from_this()](Code code, std::size_t) {
      if (code) return;
      self->queue_.pop_front();
      if (!self->queue_.empty()) self->write();
    });
  }

  beast::websocket::stream<Tcp::socket> stream_;
  beast::flat_buffer buffer_;
  std::deque<std::shared_ptr<Message>> queue_;
};

static void accept(Tcp::acceptor &acceptor) {
  acceptor.async_accept([&acceptor](Code code, Tcp::socket socket) {
    if (!code) std::make_shared<Client>(std::move(socket))->run();
    accept(acceptor);
  });
}

int main() {
  asio::io_context context(1);
  Tcp::acceptor acceptor(context, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  accept(acceptor);
  std::printf("Boost.Beast %s\nws://127.0.0.1:%d/ws\n", BOOST_LIB_VERSION, acceptor.local_endpoint().port());
  std::fflush(stdout);
  context.run();
}
