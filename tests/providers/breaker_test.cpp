#include "providers/breaker.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace trunkline::providers;

namespace {

constexpr core::timestamp begun{1'700'000'000'000};
constexpr core::timestamp after(int64_t ms) { return {begun.ms + ms}; }

/// One that has just opened for `chance` of its first back-off of 1 to 2 s.
breaker opened(double chance = 0) {
  breaker made;
  for (int i = 0; i < breaker::failures_to_open; ++i)
    made.failed(begun, chance);
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_breaker)

BOOST_AUTO_TEST_CASE(opens_after_five_failures_in_a_row) {
  breaker one;
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(!one.failed(begun, 0));
  BOOST_TEST(one.admit(begun));
  BOOST_TEST(one.failed(begun, 0));
  BOOST_TEST(!one.admit(begun));
  BOOST_TEST(one.wait(begun).count() == 1000);
}

BOOST_AUTO_TEST_CASE(starts_counting_anew_with_every_answer) {
  breaker one;
  for (int i = 0; i < 4; ++i)
    one.failed(begun, 0);
  one.answered();
  for (int i = 0; i < 4; ++i)
    one.failed(begun, 0);
  BOOST_TEST(one.admit(begun));
}

BOOST_AUTO_TEST_CASE(lets_one_question_through_when_its_back_off_is_over) {
  auto one = opened();
  BOOST_TEST(!one.admit(after(999)));
  BOOST_TEST(one.admit(after(1000)));
  BOOST_TEST(!one.admit(after(1001)));
}

BOOST_AUTO_TEST_CASE(closes_when_that_one_is_answered) {
  auto one = opened();
  BOOST_REQUIRE(one.admit(after(1000)));
  one.answered();
  for (int i = 0; i < 4; ++i)
    one.failed(after(1000), 0);
  BOOST_TEST(one.admit(after(1000)));
}

BOOST_AUTO_TEST_CASE(opens_for_longer_when_that_one_fails_up_to_half_a_minute) {
  auto one = opened(0.999'999);
  auto now = begun;
  for (const int64_t up_to : {2000, 4000, 8000, 16'000, 30'000, 30'000, 30'000}) {
    const auto wait = one.wait(now).count();
    BOOST_TEST((wait > up_to * 9 / 10 && wait <= up_to), wait);
    now.ms += wait;
    BOOST_REQUIRE(one.admit(now));
    BOOST_TEST(one.failed(now, 0.999'999));
  }
}

BOOST_AUTO_TEST_CASE(waits_for_at_least_a_second_however_often_it_has_opened) {
  auto one = opened(0);
  for (auto now = begun; now < after(10'000); now.ms += 1000) {
    BOOST_TEST(one.wait(now).count() == 1000);
    BOOST_REQUIRE(one.admit(after(now.ms + 1000 - begun.ms)));
    one.failed(after(now.ms + 1000 - begun.ms), 0);
  }
}

BOOST_AUTO_TEST_CASE(is_not_opened_again_by_what_was_asked_before) {
  auto one = opened();
  BOOST_TEST(!one.failed(after(500), 0.5));
  BOOST_TEST(one.wait(after(500)).count() == 500);
}

BOOST_AUTO_TEST_CASE(asks_again_when_nothing_is_heard_of_its_question) {
  auto one = opened();
  BOOST_REQUIRE(one.admit(after(1000)));
  BOOST_TEST(!one.admit(after(1000 + breaker::probe_ms - 1)));
  BOOST_TEST(one.admit(after(1000 + breaker::probe_ms)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(breakers_of_many_accounts)

BOOST_AUTO_TEST_CASE(know_nothing_of_each_other) {
  breaker_table all;
  for (int i = 0; i < 5; ++i)
    all.failed("AC1", begun, 0);
  BOOST_TEST(!all.admit("AC1", begun));
  BOOST_TEST(all.wait("AC1", begun).count() == 1000);
  BOOST_TEST(all.admit("AC2", begun));
  BOOST_TEST(all.wait("AC2", begun).count() == 0);
}

BOOST_AUTO_TEST_CASE(are_only_kept_for_those_that_fail) {
  breaker_table all;
  all.admit("AC1", begun);
  all.answered("AC1");
  BOOST_TEST(all.size() == 0u);
  all.failed("AC1", begun, 0);
  BOOST_TEST(all.size() == 1u);
  all.answered("AC1");
  BOOST_TEST(all.size() == 0u);
}

BOOST_AUTO_TEST_CASE(are_never_more_than_they_may_be) {
  breaker_table all(3);
  for (int i = 0; i < 10; ++i)
    all.failed("AC" + std::to_string(i), begun, 0);
  BOOST_TEST(all.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
