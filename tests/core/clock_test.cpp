#include "core/clock.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using core::parse_rfc2822;
using core::parse_rfc3339;
using core::timestamp;

namespace {

std::string reread_3339(std::string_view text) {
  const auto at = parse_rfc3339(text);
  return at ? core::to_rfc3339(*at) : "refused";
}

std::string reread_2822(std::string_view text) {
  const auto at = parse_rfc2822(text);
  return at ? core::to_rfc2822(*at) : "refused";
}

} // namespace

BOOST_AUTO_TEST_SUITE(times)

BOOST_AUTO_TEST_CASE(a_time_is_written_in_utc_with_milliseconds) {
  BOOST_TEST(core::to_rfc3339({0}) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(core::to_rfc3339({1'795'195'445'123}) == "2026-11-20T17:24:05.123Z");
  BOOST_TEST(core::to_rfc3339({-1}) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(core::to_rfc2822({1'692'853'305'000}) == "Thu, 24 Aug 2023 05:01:45 +0000");
}

BOOST_AUTO_TEST_CASE(every_offset_means_the_same_instant) {
  const std::string instant = "2026-11-20T17:24:05.123Z";
  for (const auto text :
       {"2026-11-20T17:24:05.123Z", "2026-11-20t17:24:05.123z", "2026-11-20 17:24:05.123+00:00",
        "2026-11-20T19:54:05.123+02:30", "2026-11-20T09:24:05.123-08:00", "2026-11-21T02:24:05.123456789+09:00"})
    BOOST_TEST(reread_3339(text) == instant, text);
  BOOST_TEST(reread_3339("2026-11-20T17:24:05Z") == "2026-11-20T17:24:05.000Z");
  BOOST_TEST(reread_3339("2026-11-20T17:24:05.5Z") == "2026-11-20T17:24:05.500Z");
  BOOST_TEST(reread_3339("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused) {
  for (const auto text :
       {"", "2026-11-20", "2026-11-20T17:24:05", "2026-11-20T17:24Z", "2026-11-20T17:24:05.Z", "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-11-20T17:24:05Zx", "2026-11-20T17:24:05+0200", "2026-1-20T17:24:05Z",
        "+026-11-20T17:24:05Z", "-026-11-20T17:24:05Z", "2026-11--1T17:24:05Z", "2026/11/20T17:24:05Z", "now"})
    BOOST_TEST(reread_3339(text) == "refused", text);
}

BOOST_AUTO_TEST_CASE(twilios_dates_are_read_and_written_alike) {
  BOOST_TEST(reread_2822("Thu, 24 Aug 2023 05:01:45 +0000") == "Thu, 24 Aug 2023 05:01:45 +0000");
  BOOST_TEST(reread_2822("24 Aug 2023 05:01:45 +0000") == "Thu, 24 Aug 2023 05:01:45 +0000");
  BOOST_TEST(reread_2822("Sat, 2 Mar 2024 01:00:00 -0500") == "Sat, 02 Mar 2024 06:00:00 +0000");
  for (const auto text :
       {"", "Thu, 24 Aug 2023", "Thu, 24 Aux 2023 05:01:45 +0000", "Thu, 31 Feb 2023 05:01:45 +0000",
        "Thu, 24 Aug 2023 05:01:45", "Thu, 24 Aug 2023 05:01:45 +0000 x", "Thu, 24 Aug 23 05:01:45 +0000"})
    BOOST_TEST(reread_2822(text) == "refused", text);
}

BOOST_AUTO_TEST_CASE(writing_and_reading_gives_the_same_instant) {
  for (int64_t ms = -2'000'000'000'123; ms < 7'000'000'000'000; ms += 86'413'579'246) {
    BOOST_TEST((parse_rfc3339(core::to_rfc3339({ms})).value() == timestamp{ms}));
    const int64_t whole = ms - (ms % 1000 + 1000) % 1000;
    BOOST_TEST((parse_rfc2822(core::to_rfc2822({whole})).value() == timestamp{whole}));
  }
}

BOOST_AUTO_TEST_CASE(a_manual_clock_moves_only_when_told) {
  core::manual_clock clock({1000});
  BOOST_TEST(clock.now().ms == 1000);
  clock.pass_ms(250);
  BOOST_TEST(clock.now().ms == 1250);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
