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

} // namespace trunkline::core
