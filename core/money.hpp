#pragma once

#include "core/error.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::core {

/// An amount in hundred-thousandths of its currency (5 decimal places, as Twilio bills); never a float.
struct money {
  int64_t units = 0;

  friend bool operator==(const money&, const money&) = default;
  friend auto operator<=>(const money&, const money&) = default;
};

/// "0.00750"
std::string to_string(money amount);

/// A decimal string, "-0.0075" as Twilio sends it or "12"; at most 5 places and 9 digits before the point.
expected<money> parse_money(std::string_view text);

} // namespace trunkline::core
