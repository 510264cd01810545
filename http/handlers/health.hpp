#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /healthz -- the process lives.
std::function<void(const exchange_ptr&)> healthz();
/// GET /readyz -- may take traffic; 503 and the reasons otherwise.
std::function<void(const exchange_ptr&)> readyz(context& ctx);

} // namespace trunkline::http::handlers
