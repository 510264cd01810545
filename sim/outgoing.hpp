#pragma once

#include "sim/world.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::sim {

using pairs = std::vector<std::pair<std::string, std::string>>;

/// A webhook of an account to a URL of its owner.
struct webhook {
  std::string type;    ///< for the ledger: voice | sms | message-status | call-status | call-url | raw
  std::string account; ///< whose token signs
  std::string sid;     ///< of the call or message
  std::string url, method = "POST";
  pairs params;
  std::optional<std::string> signature; ///< instead of the right one, for tests; "" sends none
};

/// Signs, sends, writes the ledger, then calls `done` (which may be empty).
void send_webhook(world& sim, webhook hook, std::function<void(const http_answer&)> done);

/// The same for a status callback, on which fault rules work: it may be lost, doubled or overtaken.
void send_callback(world& sim, webhook hook, std::function<void()> done);

} // namespace trunkline::sim
