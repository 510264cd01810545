#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http {

/// Answers 404 company_not_found, or goes on: an empty list must not look like a company that does not exist.
void if_company_exists(context& ctx, const exchange_ptr& request, const core::tenant_id& company,
                       std::function<void()> go_on);

/// Goes on with the company of a request that has none in its path: the key's, else that of X-Company-Id. Answers 400
/// company_required, or 404 company_not_found.
void with_company(context& ctx, const exchange_ptr& request, std::function<void(const core::tenant_id&)> go_on);

} // namespace trunkline::http
