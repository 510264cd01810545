#pragma once

#include "sim/http_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace trunkline::sim {

/// Listens and keeps at most 4096 connections; more are closed at once.
class http_server {
public:
  static constexpr size_t most_connections = 4096;

  /// Binds at once, or throws boost::system::system_error. Port 0 takes a free one.
  http_server(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& where, handler handle);

  uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
  void accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  handler handle_;
  std::shared_ptr<size_t> open_ = std::make_shared<size_t>(0); ///< shared: sessions may outlive the server
};

} // namespace trunkline::sim
