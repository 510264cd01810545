#pragma once

#include "core/error.hpp"
#include "http/exchange.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace trunkline::http {

/// One listener: RESTinio, with a limit on everything. What goes over a limit that RESTinio keeps itself (header and
/// URL size, max_body_bytes, timeouts) is closed without an answer; docs/operations.md lists it.
struct listener_settings {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  ///< 0: any free one
  size_t threads = 1; ///< each with an acceptor of its own on the same port
  size_t max_connections = 2000;
  size_t max_body_bytes = 128 * 1024;
  std::chrono::milliseconds read_timeout{30'000}; ///< a whole request, and how long a kept connection may idle
  std::chrono::milliseconds write_timeout{5'000};
  std::chrono::milliseconds handle_timeout{20'000}; ///< longer than the deadline of any question
  std::function<void(uint16_t port)> on_bound;      ///< called before the first request can come; may be empty
};

class server {
public:
  using handler = std::function<void(exchange_ptr)>;

  /// Listening when it returns; ec::not_ready names the address that could not be bound.
  static core::expected<std::unique_ptr<server>> start(const listener_settings& settings, const handler& handle);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Stops accepting and joins the threads; open connections end with the object. Answers given later go nowhere, but
  /// are safe as long as the object lives.
  void stop();

  /// From now on every answer closes its connection; new ones are still taken.
  void close_after_answers();

  /// No new connections, once nobody waits to be accepted any more; what is under way is still answered.
  void refuse_connections();

  /// Requests whose answer has not left completely.
  size_t unanswered() const;

  std::string url() const; ///< "http://127.0.0.1:8080"

  struct impl;

private:
  explicit server(std::unique_ptr<impl> body);
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::http
