#include "core/clock.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace trunkline::core {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct civil {
  int year;
  unsigned month, day;
  int64_t ms_of_day;
  unsigned weekday;
};

civil to_civil(timestamp at) {
  const auto point = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(at.ms));
  const auto day = std::chrono::floor<days>(point);
  const std::chrono::year_month_day ymd(day);
  return {int(ymd.year()), unsigned(ymd.month()), unsigned(ymd.day()), (point - day).count(),
          std::chrono::weekday(day).c_encoding()};
}

/// Reads fixed-width digits and single characters from the front of a text; `ok` turns false at the first mismatch.
struct cursor {
  std::string_view rest;
  bool ok = true;

  int digits(size_t width) {
    int value = 0;
    if (rest.size() < width || std::from_chars(rest.data(), rest.data() + width, value).ptr != rest.data() + width ||
        rest[0] == '-' || rest[0] == '+') {
      ok = false;
      return 0;
    }
    rest.remove_prefix(width);
    return value;
  }

  bool take(std::string_view any_of) {
    if (rest.empty() || any_of.find(rest[0]) == std::string_view::npos)
      return false;
    rest.remove_prefix(1);
    return true;
  }

  void expect(std::string_view any_of) { ok = take(any_of) && ok; }
};

expected<timestamp> from_parts(int year, int month, int day, int hour, int minute, int second, int ms,
                               int offset_minutes, bool ok) {
  const std::chrono::year_month_day ymd{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day))};
  if (!ok || !ymd.ok() || hour > 23 || minute > 59 || second > 60)
    return fail(ec::invalid_request, "Not a valid time. Use RFC 3339, for example 2026-11-20T17:24:05Z.");
  const int64_t day_ms = sys_days(ymd).time_since_epoch().count() * 86'400'000LL;
  return timestamp{day_ms + ((hour * 60LL + minute - offset_minutes) * 60 + second) * 1000 + ms};
}

} // namespace

timestamp system_clock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

steady_time system_clock::steady() const {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
              .count()};
}

std::string to_rfc3339(timestamp at) {
  const auto c = to_civil(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.ms_of_day / 3'600'000,
                     c.ms_of_day / 60'000 % 60, c.ms_of_day / 1000 % 60, c.ms_of_day % 1000);
}

std::string to_rfc2822(timestamp at) {
  const auto c = to_civil(at);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", weekdays[c.weekday], c.day, months[c.month - 1],
                     c.year, c.ms_of_day / 3'600'000, c.ms_of_day / 60'000 % 60, c.ms_of_day / 1000 % 60);
}

expected<timestamp> parse_rfc3339(std::string_view text) {
  cursor in{text};
  const int year = in.digits(4);
  in.expect("-");
  const int month = in.digits(2);
  in.expect("-");
  const int day = in.digits(2);
  in.expect("Tt ");
  const int hour = in.digits(2);
  in.expect(":");
  const int minute = in.digits(2);
  in.expect(":");
  const int second = in.digits(2);
  int ms = 0;
  if (in.take(".")) {
    int scale = 100, count = 0;
    for (; !in.rest.empty() && in.rest[0] >= '0' && in.rest[0] <= '9'; in.rest.remove_prefix(1), scale /= 10, ++count)
      ms += (in.rest[0] - '0') * scale;
    in.ok = in.ok && count > 0;
  }
  int offset = 0;
  if (!in.take("Zz")) {
    const int sign = in.take("-") ? -1 : 1;
    if (sign == 1)
      in.expect("+");
    offset = in.digits(2) * 60;
    in.expect(":");
    offset = sign * (offset + in.digits(2));
  }
  return from_parts(year, month, day, hour, minute, second, ms, offset, in.ok && in.rest.empty());
}

expected<timestamp> parse_rfc2822(std::string_view text) {
  if (const auto comma = text.find(", "); comma != std::string_view::npos)
    text.remove_prefix(comma + 2);
  cursor in{text};
  const int day = in.rest.size() > 1 && in.rest[1] == ' ' ? in.digits(1) : in.digits(2);
  in.expect(" ");
  int month = 0;
  for (int i = 0; i < 12 && in.rest.size() > 3; ++i)
    if (in.rest.starts_with(months[static_cast<size_t>(i)]))
      month = i + 1;
  in.rest.remove_prefix(month > 0 ? 3 : 0);
  in.expect(" ");
  const int year = in.digits(4);
  in.expect(" ");
  const int hour = in.digits(2);
  in.expect(":");
  const int minute = in.digits(2);
  in.expect(":");
  const int second = in.digits(2);
  in.expect(" ");
  const int sign = in.take("-") ? -1 : 1;
  if (sign == 1)
    in.expect("+");
  int offset = in.digits(2) * 60;
  offset = sign * (offset + in.digits(2));
  return from_parts(year, month, day, hour, minute, second, 0, offset, in.ok && month > 0 && in.rest.empty());
}

} // namespace trunkline::core
