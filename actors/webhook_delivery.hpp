#pragma once

#include "actors/reply.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::actors {

/// One POST to somebody else's server. Only public https addresses are connected to, checked when the connection is
/// made; no redirect is followed.
struct webhook_delivery {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  reply<int> answer; ///< the HTTP status; ec::invalid_configuration when the address is not public https, otherwise
                     ///< ec::not_ready with the reason when there was no answer in time
};

/// Callable from any thread; does not block.
using deliver_webhook = std::function<void(webhook_delivery)>;

} // namespace trunkline::actors
