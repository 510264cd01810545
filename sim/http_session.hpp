#pragma once

#include "sim/http_types.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>

namespace trunkline::sim {

using handler = std::function<void(request, respond)>;

/// One client connection: requests one after the other, kept alive. A request's head may have 16 KiB, its body 64 KiB;
/// reading one takes 60 s at most (idle time included), writing an answer 30 s.
class http_session : public std::enable_shared_from_this<http_session> {
public:
  /// `gone` runs once, when the connection is over.
  http_session(boost::asio::ip::tcp::socket socket, const handler& handle, std::function<void()> gone);
  ~http_session();
  http_session(const http_session&) = delete;
  http_session& operator=(const http_session&) = delete;

  void start() { read(); }

private:
  void read();
  void dispatch();
  void refuse(int status);
  void deliver(const outcome& result);
  void write(bool last);
  void reset();
  void close();

  boost::beast::tcp_stream stream_;
  const handler& handle_;
  std::function<void()> gone_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  bool keep_alive_ = true;
  std::string out_;
};

} // namespace trunkline::sim
