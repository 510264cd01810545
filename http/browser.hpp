#pragma once

#include "actors/live_events.hpp"
#include "http/context.hpp"
#include "http/exchange.hpp"

#include <memory>

namespace trunkline::http {

/// A browser that is told live events of a company for as long as its credentials open that company.
std::shared_ptr<actors::event_viewer> make_browser(context& ctx, exchange_ptr request, core::tenant_id company);

} // namespace trunkline::http
