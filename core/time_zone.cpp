#include "core/time_zone.hpp"

#include <array>
#include <memory>
#include <unicode/ucal.h>

namespace trunkline::core {

namespace {

using calendar = std::unique_ptr<UCalendar, decltype(&ucal_close)>;

/// A zone that is none counts as UTC.
calendar open_calendar(std::string_view zone) {
  const std::u16string wide(is_time_zone(zone) ? std::u16string(zone.begin(), zone.end()) : u"UTC");
  auto status = U_ZERO_ERROR;
  return {ucal_open(wide.data(), static_cast<int32_t>(wide.size()), "en", UCAL_GREGORIAN, &status), &ucal_close};
}

timestamp start_of(UCalendar* in, std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  auto status = U_ZERO_ERROR;
  ucal_clear(in);
  ucal_setDate(in, int(date.year()), static_cast<int32_t>(unsigned(date.month())) - 1,
               static_cast<int32_t>(unsigned(date.day())), &status);
  return {static_cast<int64_t>(ucal_getMillis(in, &status))};
}

} // namespace

std::vector<std::pair<timestamp, timestamp>> days_in_zone(std::string_view zone, std::chrono::sys_days first,
                                                          std::chrono::sys_days last) {
  const auto in = open_calendar(zone);
  std::vector<std::pair<timestamp, timestamp>> days;
  for (auto day = first; in && day <= last; day += std::chrono::days(1))
    days.emplace_back(start_of(in.get(), day), start_of(in.get(), day + std::chrono::days(1)));
  return days;
}

std::chrono::sys_days day_in_zone(std::string_view zone, timestamp at) {
  const auto in = open_calendar(zone);
  auto status = U_ZERO_ERROR;
  ucal_setMillis(in.get(), static_cast<double>(at.ms), &status);
  const auto part = [&](UCalendarDateFields which) { return ucal_get(in.get(), which, &status); };
  return std::chrono::year(part(UCAL_YEAR)) / (part(UCAL_MONTH) + 1) / part(UCAL_DATE);
}

int minute_in_zone(std::string_view zone, timestamp at) {
  const auto in = open_calendar(zone);
  auto status = U_ZERO_ERROR;
  ucal_setMillis(in.get(), static_cast<double>(at.ms), &status);
  return ucal_get(in.get(), UCAL_HOUR_OF_DAY, &status) * 60 + ucal_get(in.get(), UCAL_MINUTE, &status);
}

timestamp time_in_zone(std::string_view zone, std::chrono::sys_days day, int minute) {
  const auto in = open_calendar(zone);
  const std::chrono::year_month_day date(day);
  auto status = U_ZERO_ERROR;
  ucal_clear(in.get());
  ucal_setDateTime(in.get(), int(date.year()), static_cast<int32_t>(unsigned(date.month())) - 1,
                   static_cast<int32_t>(unsigned(date.day())), minute / 60, minute % 60, 0, &status);
  return {static_cast<int64_t>(ucal_getMillis(in.get(), &status))};
}

bool is_time_zone(std::string_view name) {
  std::array<UChar, 65> wide{};
  if (name.empty() || name.size() >= wide.size())
    return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (static_cast<unsigned char>(name[i]) >= 0x80)
      return false;
    wide[i] = static_cast<UChar>(name[i]);
  }
  std::array<UChar, 65> canonical{};
  UBool is_system = false;
  auto status = U_ZERO_ERROR;
  ucal_getCanonicalTimeZoneID(wide.data(), static_cast<int32_t>(name.size()), canonical.data(),
                              static_cast<int32_t>(canonical.size()), &is_system, &status);
  return U_SUCCESS(status) && is_system;
}

} // namespace trunkline::core
