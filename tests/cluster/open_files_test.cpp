#include "cluster/open_files.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sys/resource.h>

namespace trunkline::tests {

using cluster::connections_within;

BOOST_AUTO_TEST_SUITE(open_files)

BOOST_AUTO_TEST_CASE(a_node_takes_as_many_as_it_may_have) {
  rlimit before{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit few{std::min<rlim_t>(before.rlim_max, 512), before.rlim_max};
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  BOOST_TEST(cluster::raise_open_files() == before.rlim_max);
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  BOOST_TEST(now.rlim_cur == before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

BOOST_AUTO_TEST_CASE(whatever_the_limit_connections_leave_some_files_to_others) {
  for (size_t files = 192; files < 4000; ++files) {
    const auto limits = connections_within(files, 1000).value();
    const auto all = limits.webhooks + limits.api + limits.live_viewers;
    if (all + 128 > files || limits.webhooks < limits.api + limits.live_viewers || limits.api == 0 ||
        limits.live_viewers == 0)
      BOOST_FAIL(files << ": " << limits.webhooks << ", " << limits.api << " and " << limits.live_viewers);
  }
  const auto plenty = connections_within(1'000'000, 1000).value();
  BOOST_TEST((plenty.webhooks == 2000u && plenty.api == 256u && plenty.live_viewers == 1000u));
}

BOOST_AUTO_TEST_CASE(with_far_too_few_files_a_node_does_not_start_and_says_why) {
  const auto refused = connections_within(191, 1000);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == core::ec::not_ready));
  BOOST_TEST(refused.error().detail.find("ulimit -n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
