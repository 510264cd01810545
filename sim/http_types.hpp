#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::sim {

struct request {
  std::string method, path, query; ///< the query without '?', as received
  std::string body, content_type, authorization;
};

struct response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json;charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// What happens to an answer on its way out.
enum class delivery : uint8_t { whole, truncated, reset };

struct outcome {
  response answer;
  delivery how = delivery::whole;
};

using respond = std::function<void(outcome)>; ///< called exactly once, at once or later, on the same thread

} // namespace trunkline::sim
