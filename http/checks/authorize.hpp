#pragma once

#include "core/error.hpp"
#include "core/principal.hpp"
#include "http/exchange.hpp"
#include "http/route_table.hpp"

namespace trunkline::http::checks {

/// May `request.who` take this route? In this order:
///   ec::forbidden          the platform's own, asked by a company
///   ec::company_not_found  another company's, in the path or in X-Company-Id: the same answer as for none at all
///   ec::forbidden          one's own, but the role is too low
///   ec::csrf_failed        a session's write without its token
core::expected<void> authorize(const route& route, const exchange& request);

/// The company that a request without one in its path is about: of the key, else X-Company-Id; ec::company_required.
core::expected<core::tenant_id> company_of(const exchange& request);

} // namespace trunkline::http::checks
