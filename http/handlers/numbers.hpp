#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/companies/{companyId}/numbers -- a page, the one assigned last first.
std::function<void(const exchange_ptr&)> list_numbers(context& ctx);
/// POST of the same {"phoneNumber","friendlyName","isPrimary"} -- 201; the number must be in the company's account.
std::function<void(const exchange_ptr&)> add_number(context& ctx);

} // namespace trunkline::http::handlers
