#pragma once

#include "core/phone_number.hpp"
#include "core/tenant_config.hpp"

#include <string_view>

namespace trunkline::core {

/// Segments per second that a lane ("sms:+15551234567") may send: what the company has set, else Twilio's default for
/// its kind of number (FACTS 3.8): US or Canadian long code 1, toll-free 3, short code 100, other long code 10,
/// WhatsApp sender 80.
double lane_rate(std::string_view lane, const rate_limit_settings& limits);

} // namespace trunkline::core
