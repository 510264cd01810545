#include "core/send_orders.hpp"

#include "core/time_zone.hpp"

#include <fmt/format.h>

namespace trunkline::core {

spend_day spending_of(const tenant& company, const tenant_config& config, timestamp now) {
  const std::chrono::year_month_day day(day_in_zone(company.time_zone, now));
  return {fmt::format("{:04}-{:02}-{:02}", int(day.year()), unsigned(day.month()), unsigned(day.day())),
          config.daily_spend_cap};
}

} // namespace trunkline::core
