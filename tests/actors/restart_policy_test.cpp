#include "actors/restart_policy.hpp"

#include <boost/test/unit_test.hpp>

using trunkline::actors::restart_policy;
using trunkline::core::steady_time;
using verdict = restart_policy::verdict;

BOOST_AUTO_TEST_SUITE(restarting_a_company)

BOOST_AUTO_TEST_CASE(each_crash_in_a_row_doubles_the_wait) {
  restart_policy policy;
  steady_time now{1'000'000};
  for (int64_t wait : {100, 200, 400, 800}) {
    BOOST_TEST((policy.crashed(now) == verdict::back_off));
    BOOST_TEST(!policy.may_run({now.ms + wait - 1}));
    BOOST_TEST(policy.may_run({now.ms + wait}));
    now.ms += wait;
  }
}

BOOST_AUTO_TEST_CASE(five_crashes_within_a_minute_are_one_too_many) {
  restart_policy policy;
  for (int64_t at : {0, 10'000, 20'000, 30'000})
    BOOST_TEST((policy.crashed({at}) == verdict::back_off));
  BOOST_TEST((policy.crashed({59'999}) == verdict::quarantine));
}

BOOST_AUTO_TEST_CASE(crashes_a_minute_apart_never_add_up) {
  restart_policy policy;
  for (int64_t i = 0; i < 20; ++i)
    BOOST_TEST((policy.crashed({i * 15'001}) == verdict::back_off));
  BOOST_TEST(policy.crashes() == 20u);
}

BOOST_AUTO_TEST_CASE(a_release_forgets_the_crashes) {
  restart_policy policy;
  for (int64_t i = 0; i < 5; ++i)
    policy.crashed({i});
  policy.release();
  BOOST_TEST(policy.may_run({5}));
  BOOST_TEST((policy.crashed({6}) == verdict::back_off));
}

BOOST_AUTO_TEST_SUITE_END()
