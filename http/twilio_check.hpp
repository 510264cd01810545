#pragma once

#include "actors/twilio_messages.hpp"
#include "core/tenant_facts.hpp"
#include "core/tenant_profile.hpp"
#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>
#include <optional>

namespace trunkline::http {

/// What a company's requests to Twilio go out with: its own account, else the platform's; none if there is neither.
std::optional<actors::account_access> account_of(const context& ctx, const core::tenant_config& config);

/// A configuration that Twilio has nothing against, and what it said of the account if it was asked.
struct checked_config {
  core::tenant_config config;
  std::optional<core::account_check> account;
};

/// Asks Twilio about what `next` changes, before it is stored [C10, P4]: changed credentials by fetching the account,
/// new numbers by looking for them in it, with other credentials all numbers. Without an account nothing is asked.
/// `then` is called with what may be stored; a refusal is answered here:
///   ec::twilio_credentials_rejected, ec::number_not_in_account (with `numbers`), ec::twilio_unreachable
void check_with_twilio(context& ctx, const exchange_ptr& request, const core::tenant_config& current,
                       core::tenant_config next, std::function<void(checked_config)> then);

} // namespace trunkline::http
