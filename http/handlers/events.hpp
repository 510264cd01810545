#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/events?channel_id=&companyId=, with Last-Event-ID: server-sent events until either side ends it. The
/// company is the key's, else that of companyId or X-Company-Id.
std::function<void(const exchange_ptr&)> live_events(context& ctx);

} // namespace trunkline::http::handlers
