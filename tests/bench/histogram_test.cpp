#include "bench/histogram.hpp"

#include <boost/test/unit_test.hpp>

using trunkline::bench::histogram;

BOOST_AUTO_TEST_SUITE(bench_histogram)

BOOST_AUTO_TEST_CASE(an_empty_histogram_says_zero) {
  const histogram empty;
  BOOST_TEST(empty.percentile(0.99) == 0u);
  BOOST_TEST(empty.max() == 0u);
}

BOOST_AUTO_TEST_CASE(a_percentile_is_never_too_low_and_at_most_two_percent_too_high) {
  histogram durations;
  for (uint64_t us = 1; us <= 100'000; ++us)
    durations.record(us * 1000);
  for (const double fraction : {0.5, 0.9, 0.99, 0.999}) {
    const double exact = fraction * 100'000 * 1000;
    const auto found = static_cast<double>(durations.percentile(fraction));
    BOOST_TEST(found >= exact);
    BOOST_TEST(found <= exact * 1.02);
  }
}

BOOST_AUTO_TEST_CASE(one_slow_answer_among_a_hundred_is_the_maximum_but_not_the_median) {
  histogram durations;
  for (int i = 0; i < 99; ++i)
    durations.record(1'000'000);
  durations.record(7'000'000'000);
  BOOST_TEST(durations.percentile(0.99) < 1'020'000u);
  BOOST_TEST(durations.percentile(0.999) == 7'000'000'000u);
  BOOST_TEST(durations.max() == 7'000'000'000u);
}

BOOST_AUTO_TEST_CASE(a_duration_beyond_the_last_bucket_is_still_counted) {
  histogram durations;
  durations.record(uint64_t{1} << 50);
  BOOST_TEST(durations.total() == 1u);
  BOOST_TEST(durations.percentile(1.0) > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
