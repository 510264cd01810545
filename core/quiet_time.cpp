#include "core/quiet_time.hpp"

#include "core/time_zone.hpp"

#include <charconv>

namespace trunkline::core {

namespace {

/// "HH:MM" in minutes after midnight.
int minutes_of(std::string_view text) {
  int hours = 0, minutes = 0;
  if (text.size() == 5) {
    std::from_chars(text.data(), text.data() + 2, hours);
    std::from_chars(text.data() + 3, text.data() + 5, minutes);
  }
  return hours * 60 + minutes;
}

} // namespace

std::optional<timestamp> quiet_until(const quiet_hours& hours, std::string_view zone, timestamp now) {
  const int start = minutes_of(hours.start), end = minutes_of(hours.end), at = minute_in_zone(zone, now);
  if (start == end)
    return std::nullopt;
  const bool quiet = start < end ? at >= start && at < end : at >= start || at < end;
  if (!quiet)
    return std::nullopt;
  const auto today = day_in_zone(zone, now);
  return time_in_zone(zone, at < end ? today : today + std::chrono::days(1), end);
}

} // namespace trunkline::core
