#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// POST /api/companies -- 201, Location, ETag and the company.
std::function<void(const exchange_ptr&)> create_company(context& ctx);
/// GET /api/companies?q=&phoneNumber=&credentialSource=&state= -- a page, newest first.
std::function<void(const exchange_ptr&)> list_companies(context& ctx);
/// GET /api/companies/{companyId}
std::function<void(const exchange_ptr&)> get_company(context& ctx);
/// PATCH of the same (RFC 7396); If-Match guards it.
std::function<void(const exchange_ptr&)> patch_company(context& ctx);
/// DELETE of the same -- 204; 409 company_has_numbers names what is left to release.
std::function<void(const exchange_ptr&)> delete_company(context& ctx);
/// POST /api/companies/{companyId}/quarantine/release -- 200 company, 409 invalid_state if it is not quarantined.
std::function<void(const exchange_ptr&)> release_quarantine(context& ctx);

} // namespace trunkline::http::handlers
