#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/companies/{companyId}/opt-outs: who is to be left alone
std::function<void(const exchange_ptr&)> list_opt_outs(context& ctx);
/// POST /api/companies/{companyId}/opt-outs {"phoneNumber"}: 201, also for who has opted out already
std::function<void(const exchange_ptr&)> add_opt_out(context& ctx);
/// DELETE /api/companies/{companyId}/opt-outs/{number}: 204; 404 for who has not opted out
std::function<void(const exchange_ptr&)> remove_opt_out(context& ctx);

} // namespace trunkline::http::handlers
