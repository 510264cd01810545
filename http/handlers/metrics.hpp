#pragma once

#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /metrics -- Prometheus text; no company, number or id in it.
std::function<void(const exchange_ptr&)> metrics();

} // namespace trunkline::http::handlers
