#pragma once

#include "core/tenant_profile.hpp"
#include "http/context.hpp"
#include "http/exchange.hpp"
#include "json/config_change.hpp"

#include <functional>

namespace trunkline::http {

/// Changes a configuration that has just been read, in the order of API.md section 3: the rules, who has the numbers,
/// Twilio, one transaction that replaces exactly what was read. `then` answers; a refusal is answered here.
void put_config(context& ctx, const exchange_ptr& request, const core::tenant_profile& current,
                const json::config_change& change,
                std::function<void(exchange&, const core::tenant_config& stored)> then);

} // namespace trunkline::http
