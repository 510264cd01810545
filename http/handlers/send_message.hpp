#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// POST /api/messages [S2]: 202 once the message is stored; it is sent afterwards.
std::function<void(const exchange_ptr&)> send_message(context& ctx);

/// POST /api/messages/{messageId}/resolve {"outcome":"sent"|"not_sent"}: somebody's word on a message of which nobody
/// knows whether it went out. What did not is sent again.
std::function<void(const exchange_ptr&)> resolve_message(context& ctx);

} // namespace trunkline::http::handlers
