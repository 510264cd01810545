#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http {

/// Answers 404 company_not_found, or goes on: an empty list must not look like a company that does not exist.
void if_company_exists(context& ctx, const exchange_ptr& request, const core::tenant_id& company,
                       std::function<void()> go_on);

} // namespace trunkline::http
