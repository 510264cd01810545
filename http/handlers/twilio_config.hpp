#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/companies/{companyId}/twilio/config -- 200 and ETag; credentials only as ...Set.
std::function<void(const exchange_ptr&)> get_twilio_config(context& ctx);
/// PUT of the same: merged by top-level key into what is stored, in one transaction, after Twilio
/// has been asked about new credentials and numbers; If-Match guards it.
std::function<void(const exchange_ptr&)> put_twilio_config(context& ctx);

/// POST /api/companies/{companyId}/twilio/test -- 200 whatever Twilio says of the stored credentials; 409 without any.
std::function<void(const exchange_ptr&)> test_twilio_config(context& ctx);

} // namespace trunkline::http::handlers
