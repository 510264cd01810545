#pragma once

#include "actors/services.hpp"
#include "core/message.hpp"

#include <string>

namespace trunkline::actors {

// Mock mode [M9 S5]: nothing leaves, and all the rest is as if Twilio had taken it.

/// Twilio accepts everything.
send_answer simulated_answer(const core::message_record& message);

/// Twilio tells of it: sent, then delivered. They go the way of real callbacks, from the company's TENANT on.
void simulate_callbacks(const services& node, const core::tenant_id& tenant, const std::string& twilio_sid);

} // namespace trunkline::actors
