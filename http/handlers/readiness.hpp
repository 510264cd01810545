#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/companies/{companyId}/readiness -- the checklist of API.md section 5 [P5, C17].
std::function<void(const exchange_ptr&)> get_readiness(context& ctx);

} // namespace trunkline::http::handlers
