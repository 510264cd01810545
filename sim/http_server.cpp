#include "sim/http_server.hpp"

#include <utility> // Asio 1.18's awaitable.hpp forgets it

namespace trunkline::sim {

namespace asio = boost::asio;
using asio::ip::tcp;

http_server::http_server(asio::io_context& io, const tcp::endpoint& where, handler handle)
    : acceptor_(io, where), pause_(io), handle_(std::move(handle)) {
  accept();
}

void http_server::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& failure, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (failure) { // out of descriptors, most likely: trying again at once would spin
      pause_.expires_after(std::chrono::milliseconds(50));
      pause_.async_wait([this](const boost::system::error_code& stopped) {
        if (!stopped)
          accept();
      });
      return;
    }
    if (*open_ < most_connections) {
      ++*open_;
      std::make_shared<http_session>(std::move(socket), handle_, [open = open_] { --*open; })->start();
    }
    accept();
  });
}

} // namespace trunkline::sim
