#pragma once

#include "http/context.hpp"
#include "http/route_table.hpp"

#include <functional>

namespace trunkline::http {

/// Everything that can be asked of a node, per listener: one flat table each.
route_table webhook_routes(context& ctx);
route_table api_routes(context& ctx);

/// Finds the route, checks who asks, hands over; 404, 405 and 401 are answered here, and whatever a handler throws is a
/// 500 without internals.
std::function<void(exchange_ptr)> serve(context& ctx, route_table table);

} // namespace trunkline::http
