#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/companies/{companyId}/usage?from=&to= -- every day of at most a year in the company's time zone, newest
/// first; without a span the last 30 days.
std::function<void(const exchange_ptr&)> get_usage(context& ctx);

} // namespace trunkline::http::handlers
