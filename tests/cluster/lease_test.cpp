#include "cluster/boottime.hpp"
#include "cluster/lease.hpp"
#include "core/metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace trunkline;
using namespace std::chrono_literals;

namespace {

/// A lease of 10 s whose rounds happen when the test says so. Renewing takes `takes` of the manual clock.
struct held_lease {
  core::manual_clock clock{{1'700'000'000'000}};
  bool healthy = true;
  int64_t takes = 0;
  core::expected<std::optional<int64_t>> answer = std::optional<int64_t>(1);
  int asked = 0;
  std::vector<std::string> deaths;
  std::vector<int64_t> versions;
  cluster::lease lease{10s,
                       {[this] {
                          ++asked;
                          clock.pass_ms(takes);
                          return answer;
                        },
                        [this] { return healthy; }, [this](int64_t version) { versions.push_back(version); },
                        [this](std::string reason) { deaths.push_back(std::move(reason)); }},
                       clock,
                       clock.steady()};
};

const auto away = core::fail(core::ec::database_unavailable, "The database is not available.");

} // namespace

BOOST_FIXTURE_TEST_SUITE(lease, held_lease)

BOOST_AUTO_TEST_CASE(a_node_may_act_until_a_fifth_before_the_lease_ends) {
  clock.pass_ms(7'999);
  BOOST_TEST(lease.may_act());
  BOOST_TEST((lease.remaining() == 1ms));
  clock.pass_ms(1);
  BOOST_TEST(!lease.may_act());
  BOOST_TEST((lease.remaining() == 0ms));
}

BOOST_AUTO_TEST_CASE(the_lease_counts_from_before_the_renewal_was_sent) {
  takes = 900;
  lease.keep();
  clock.pass_ms(8'000 - 900 - 1);
  BOOST_TEST(lease.may_act());
  clock.pass_ms(1);
  BOOST_TEST(!lease.may_act());
}

BOOST_AUTO_TEST_CASE(it_is_renewed_five_times_in_a_ttl_and_never_at_the_same_moment_as_all_others) {
  std::set<int64_t> waits;
  for (int i = 0; i < 200; ++i) {
    const auto wait = lease.keep();
    BOOST_TEST((wait >= 1800ms && wait <= 2200ms));
    waits.insert(wait.count());
  }
  BOOST_TEST(waits.size() > 50u);
}

BOOST_AUTO_TEST_CASE(setting_the_wall_clock_changes_nothing) {
  clock.set_by_ms(86'400'000);
  BOOST_TEST(lease.may_act());
}

BOOST_AUTO_TEST_CASE(who_renews_is_told_the_version) {
  answer = std::optional<int64_t>(17);
  lease.keep();
  BOOST_TEST(versions == std::vector<int64_t>{17}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_node_that_is_not_healthy_lets_the_lease_run_out) {
  healthy = false;
  for (auto spent = 0ms; spent < 8s;) {
    const auto wait = lease.keep();
    BOOST_TEST((wait <= 500ms)); // it may be well again any moment
    clock.pass_ms(wait.count());
    spent += wait;
  }
  BOOST_TEST(asked == 0);
  BOOST_TEST(!lease.may_act());
  BOOST_TEST(deaths.empty());
}

BOOST_AUTO_TEST_CASE(after_an_outage_of_the_database_everything_goes_on_by_itself) {
  answer = away;
  while (lease.may_act())
    clock.pass_ms(lease.keep().count());
  clock.pass_ms(3'600'000);
  BOOST_TEST((lease.keep() <= 500ms));
  BOOST_TEST(!lease.may_act());
  answer = std::optional<int64_t>(2);
  lease.keep();
  BOOST_TEST(lease.may_act());
  BOOST_TEST(deaths.empty());
}

BOOST_AUTO_TEST_CASE(who_is_dead_is_told_once_and_never_acts_again) {
  answer = std::optional<int64_t>();
  lease.keep();
  BOOST_TEST(!lease.may_act());
  lease.keep();
  lease.die("read in a view");
  BOOST_TEST(deaths.size() == 1u);
  answer = std::optional<int64_t>(3);
  lease.keep();
  BOOST_TEST(!lease.may_act());
  BOOST_TEST((lease.remaining() == 0ms));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(boottime_goes_forward) {
  const cluster::boottime_clock clock;
  const auto before = clock.steady();
  BOOST_TEST(before.ms > 0);
  BOOST_TEST((clock.steady() >= before));
}
