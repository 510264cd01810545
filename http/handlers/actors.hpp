#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/admin/actors?kind=&companyId=&state= -- the tree, per actor at most 200 children, the worst first.
std::function<void(const exchange_ptr&)> list_actors(context& ctx);

} // namespace trunkline::http::handlers
