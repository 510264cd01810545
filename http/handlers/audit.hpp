#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/admin/audit?companyId=&after=&before= -- who changed what, newest first [O4].
std::function<void(const exchange_ptr&)> list_audit(context& ctx);
/// GET /api/admin/numbers/conflicts -- numbers that more than one company has [C13].
std::function<void(const exchange_ptr&)> list_conflicts(context& ctx);

} // namespace trunkline::http::handlers
