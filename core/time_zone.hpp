#pragma once

#include "core/clock.hpp"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace trunkline::core {

/// An IANA zone that ICU knows: "America/New_York", "UTC".
bool is_time_zone(std::string_view name);

/// Each day from `first` to `last` as it is in the zone: when it begins and when the next one begins.
std::vector<std::pair<timestamp, timestamp>> days_in_zone(std::string_view zone, std::chrono::sys_days first,
                                                          std::chrono::sys_days last);

/// The day that a moment falls on in the zone.
std::chrono::sys_days day_in_zone(std::string_view zone, timestamp at);

/// Minutes after midnight in the zone, as a clock on the wall shows it.
int minute_in_zone(std::string_view zone, timestamp at);

/// When a clock on the wall of the zone shows so many minutes after midnight on that day; a time that a clock change
/// leaves out is the one after the gap.
timestamp time_in_zone(std::string_view zone, std::chrono::sys_days day, int minute);

} // namespace trunkline::core
