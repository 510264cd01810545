#pragma once

#include "core/money.hpp"

namespace trunkline::core {

// What is expected to be paid (API.md 7 and 8, FEATURES M7) until Twilio has said its price.

constexpr money price_per_segment{750}, price_per_whatsapp{500}, price_per_call_minute{1'300};

constexpr money estimated_price(bool whatsapp, int64_t segments) {
  return whatsapp ? price_per_whatsapp : money{price_per_segment.units * segments};
}

} // namespace trunkline::core
