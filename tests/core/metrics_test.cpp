#include "core/metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>
#include <thread>

namespace trunkline::tests {

namespace {

core::counter webhooks("trunkline_test_webhooks_total", "Counted by this test.", "kind", "voice");
core::gauge in_flight("trunkline_test_in_flight", "Moved by this test.");
core::histogram seconds("trunkline_test_seconds", "Observed by this test.");

} // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(a_metric_is_known_to_the_registry_before_it_is_used) {
  const auto& registry = core::metric_registry::instance();
  BOOST_TEST(std::count(registry.counters.begin(), registry.counters.end(), &webhooks) == 1);
  BOOST_TEST(std::count(registry.gauges.begin(), registry.gauges.end(), &in_flight) == 1);
  BOOST_TEST(std::count(registry.histograms.begin(), registry.histograms.end(), &seconds) == 1);
  BOOST_TEST(webhooks.label_value == "voice");
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_when_threads_count_together) {
  const auto before = webhooks.value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (int n = 0; n < 10'000; ++n) {
        webhooks.add();
        in_flight.add(n % 2 == 0 ? 1 : -1);
      }
    });
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(webhooks.value() - before == 40'000u);
  BOOST_TEST(in_flight.value() == 0);
  in_flight.set(-3);
  BOOST_TEST(in_flight.value() == -3);
}

BOOST_AUTO_TEST_CASE(a_duration_falls_into_the_bucket_whose_bound_it_does_not_exceed) {
  core::histogram own("trunkline_test_own_seconds", "Observed by this case.");
  for (const double duration : {0.0, 0.0001, 0.00011, 10.0, 11.0})
    own.observe(duration);
  const auto read = own.read();
  BOOST_TEST(read.buckets[0] == 2u);
  BOOST_TEST(read.buckets[1] == 1u);
  BOOST_TEST(read.buckets[core::histogram::bounds.size() - 1] == 1u);
  BOOST_TEST(read.buckets.back() == 1u);
  BOOST_TEST(std::accumulate(read.buckets.begin(), read.buckets.end(), uint64_t{0}) == 5u);
  BOOST_TEST(read.sum == 21.00021, boost::test_tools::tolerance(1e-9));
  // It registered itself and dies here; nothing may point to it afterwards.
  auto& all = core::metric_registry::instance().histograms;
  all.erase(std::remove(all.begin(), all.end(), &own), all.end());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
