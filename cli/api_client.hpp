#pragma once

#include "core/error.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <string>

namespace trunkline::cli {

struct http_answer {
  int status = 0;
  std::string body;
};

/// Asks the API of one node, one request after the other. The key stands in a header, never in an argument.
class api_client {
public:
  api_client(std::string base_url, core::secret key) : base_(std::move(base_url)), key_(std::move(key)) {}

  /// ec::not_ready: nobody listens there. ec::overloaded: somebody does, and does not answer in time.
  core::expected<http_answer> ask(const std::string& method, const std::string& path, const std::string& body,
                                  std::chrono::milliseconds patience = std::chrono::seconds(90)) const;

  const std::string& base_url() const { return base_; }

private:
  std::string base_;
  core::secret key_;
};

} // namespace trunkline::cli
