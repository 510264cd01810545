#pragma once

#include "actors/outbox_messages.hpp"
#include "actors/services.hpp"
#include "core/tenant_profile.hpp"

namespace trunkline::actors {

// What an OUTBOX decides, without being one.

/// The account that sends for a company, its own or the platform's; an empty one if there is none [P6].
account_access access_for(const services& node, const core::tenant_profile& company);

/// What a company allows at this moment, as far as its configuration says so.
core::send_rules rules_of(const core::tenant_profile& company, core::timestamp now);

/// What Twilio is asked to do; without who answers and until when.
send_message order_for(const services& node, const core::tenant_profile& company,
                       const core::outgoing_message& outgoing);

/// `chance` (0 to 1) spreads those that go again, so that they do not all go at once.
core::send_result result_of(const attempt_ended& news, core::timestamp now, double chance);
/// Null if Twilio did not ask for less.
const send_not_now* slow_down_in(const core::expected<send_answer>& said);

/// How long until try no. `attempt` + 1: from nothing to 200 ms, doubled each time up to a minute.
int64_t back_off_ms(int attempt, double chance);

} // namespace trunkline::actors
