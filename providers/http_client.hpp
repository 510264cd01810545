#pragma once

#include "providers/http_exchange.hpp"

#include <functional>
#include <memory>
#include <string>

namespace trunkline::providers {

struct http_client_options {
  size_t in_flight = 128; ///< requests on the wire at once
  size_t waiting = 1024;  ///< requests that wait for their turn; beyond it a request is refused at once
  std::chrono::milliseconds connect_deadline{3'000}; ///< name, TCP and TLS
  std::chrono::seconds stall{10}; ///< less than a byte per second for so long ends an exchange; libcurl
                                  ///< looks at the average of 5 s, so it takes up to 6 s longer
  std::string ca_file = {};       ///< PEM of who signs servers' certificates; empty: what the system trusts
  bool only_public = false;       ///< https to public addresses alone, looked at when the connection is made
};

/// HTTP/1.1 by libcurl on a thread of its own. Keeps connections; follows no redirect, knows no proxy, no cookies, no
/// compression. Never sends a POST twice: libcurl would do that by itself when a kept connection dies (see
/// transfer.cpp).
///
/// Whether it connects to public addresses only is said of the client and not of a request, because a kept connection
/// is not looked at again.
class http_client {
public:
  using callback = std::function<void(http_outcome)>;

  explicit http_client(http_client_options options = {});
  ~http_client(); ///< stops
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// From any thread, does not block. `done` is called exactly once: on the client's thread, where it must not block,
  /// or before start() returns when the request is refused.
  void start(http_request request, callback done);

  /// Ends everything that is not done yet with an outcome, then the thread. Not from a callback. From then on requests
  /// are refused. Takes milliseconds: nothing is waited for, not even a name that is being looked up.
  void stop();

  const http_client_options& options() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::providers
