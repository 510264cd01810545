#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/companies/{companyId}/calls?number=&status=&after=&before=&voicemail=true
std::function<void(const exchange_ptr&)> list_calls(context& ctx);
/// GET /api/companies/{companyId}/calls/{callId} -- with the webhooks that told of it.
std::function<void(const exchange_ptr&)> get_call(context& ctx);

/// GET /api/companies/{companyId}/calls/{callId}/recording -- the sound, fetched from Twilio; 404 without one.
std::function<void(const exchange_ptr&)> get_recording(context& ctx);

} // namespace trunkline::http::handlers
