#pragma once

#include "core/secret.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace trunkline::providers {

enum class http_method : uint8_t { get, post };

/// One request to somebody else's server.
struct http_request {
  std::string url;
  http_method method = http_method::get;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {}; ///< of a POST
  std::string user = {}; ///< HTTP Basic, if not empty
  core::secret password = {};
  std::chrono::milliseconds deadline{10'000}; ///< from start() to the last byte of the answer, waiting included
  size_t largest_answer = 64 * 1024;          ///< bytes of the body; what is more is cut off
  /// Asked on the client's thread before the first byte leaves and again before each piece of the body: when it says
  /// no, nothing that a server would process has left. Empty means always.
  std::function<bool()> may_send = {};
};

/// The server has said what it did.
struct answered {
  int status = 0; ///< 200 to 999
  std::string content_type;
  std::optional<std::chrono::seconds> retry_after; ///< of the Retry-After header, in either form
  std::string request_id;                          ///< of the Twilio-Request-Id header
  std::string body;
  bool cut = false; ///< there was more than the largest answer allows
};

/// Nothing left that a server would have processed: it is safe to ask again.
struct not_sent {
  enum class cause : uint8_t {
    no_connection,     ///< name not found, refused, no TLS, not in time
    forbidden_address, ///< none of the host's addresses is public
    held_back,         ///< may_send said no
    no_room,           ///< too many requests wait, or this one waited for its whole deadline
    stopped,           ///< the client ends
    malformed,         ///< the request itself
  };
  cause why = cause::no_connection;
  std::string detail; ///< for the log; without the URL
};

/// It left, and what became of it is not known: it may have been processed or not.
struct fate_unknown {
  std::string detail; ///< for the log; without the URL
};

struct http_outcome {
  std::variant<answered, not_sent, fate_unknown> what;
  std::chrono::milliseconds took{0}; ///< since start()
};

} // namespace trunkline::providers
