#pragma once

#include "http/checks/webhook_door.hpp"
#include "http/context.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// POST of one of Twilio's webhooks -- door, admission, the company's actor, its answer. `kind` comes from the route;
/// the first capture of its template is the token, the second the step.
std::function<void(const exchange_ptr&)> webhook(context& ctx, core::webhook_kind kind);

} // namespace trunkline::http::handlers
