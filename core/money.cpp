#include "core/money.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace trunkline::core {

std::string to_string(money amount) {
  const int64_t absolute = std::llabs(amount.units);
  return fmt::format("{}{}.{:05}", amount.units < 0 ? "-" : "", absolute / 100'000, absolute % 100'000);
}

expected<money> parse_money(std::string_view text) {
  const auto refuse = [] {
    return fail(ec::invalid_request, "Not an amount. Use a decimal string, for example \"12.50\".");
  };
  const bool negative = text.starts_with('-');
  if (negative)
    text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || whole.size() > 9 || fraction.size() > 5 || (point != std::string_view::npos && fraction.empty()))
    return refuse();
  int64_t units = 0;
  for (size_t i = 0; i < whole.size() + 5; ++i) {
    const size_t f = i - whole.size();
    const char c = i < whole.size() ? whole[i] : f < fraction.size() ? fraction[f] : '0';
    if (c < '0' || c > '9')
      return refuse();
    units = units * 10 + (c - '0');
  }
  return money{negative ? -units : units};
}

} // namespace trunkline::core
