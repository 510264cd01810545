#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/companies/{companyId}/messages?number=&status=&direction=&campaignId=&after=&before=
std::function<void(const exchange_ptr&)> list_messages(context& ctx);

/// GET /api/messages/{messageId}; the company is the key's, else the one of X-Company-Id.
std::function<void(const exchange_ptr&)> get_message(context& ctx);

} // namespace trunkline::http::handlers
