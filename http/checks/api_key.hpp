#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

namespace trunkline::http::checks {

/// `Authorization: Bearer <platform admin key>`, once; compared in constant time. ec::unauthenticated.
core::expected<void> platform_admin(const context& ctx, const exchange& request);

} // namespace trunkline::http::checks
