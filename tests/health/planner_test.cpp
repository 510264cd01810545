#include "health/planner.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

namespace trunkline::tests {

using namespace health;
using namespace std::chrono_literals;

namespace {

core::tenant_id company(size_t n) { return core::tenant_id(fmt::format("co_{:012}", n)); }

/// Companies, a planner, and checks that take no time; looks once a second.
struct watched {
  explicit watched(size_t count, pace p = {}) : plan(p) {
    for (size_t i = 0; i < count; ++i)
      all.push_back(company(i));
    plan.sync(all, now);
  }

  /// Who is checked in this second; `failing` fails.
  std::vector<core::tenant_id> second() {
    std::vector<core::tenant_id> checked;
    for (const auto& due : plan.take(now)) {
      checked.push_back(due.company);
      plan.finished(due.company, due.company == failing, now);
    }
    now.ms += 1000;
    return checked;
  }

  std::vector<size_t> checks_per_second(size_t seconds) {
    std::vector<size_t> out;
    for (size_t i = 0; i < seconds; ++i)
      out.push_back(second().size());
    return out;
  }

  /// In which seconds from now on a company is checked.
  std::vector<int64_t> turns_of(const core::tenant_id& which, int64_t seconds) {
    std::vector<int64_t> out;
    const auto begun = now.ms;
    for (int64_t i = 0; i < seconds; ++i)
      for (const auto& checked : second())
        if (checked == which)
          out.push_back((now.ms - 1000 - begun) / 1000);
    return out;
  }

  core::timestamp now{1'700'000'000'000};
  planner plan;
  std::vector<core::tenant_id> all;
  core::tenant_id failing;
};

size_t sum(const std::vector<size_t>& counts) {
  size_t all = 0;
  for (const auto count : counts)
    all += count;
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_plan_of_checks)

BOOST_AUTO_TEST_CASE(begins_with_everybody_as_fast_as_the_budget_allows) {
  watched w(25);
  BOOST_TEST(w.checks_per_second(4) == (std::vector<size_t>{10, 10, 5, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(then_spreads_them_evenly_over_the_interval) {
  watched w(900);
  w.checks_per_second(1800);
  const auto counts = w.checks_per_second(900);
  BOOST_TEST(sum(counts) > 800u);
  BOOST_TEST(sum(counts) < 1000u);
  BOOST_TEST(*std::max_element(counts.begin(), counts.end()) <= 8u); // at random over 900 places, not all at one
}

BOOST_AUTO_TEST_CASE(checks_everybody_once_per_interval) {
  watched w(3);
  w.checks_per_second(1800); // everybody has got to his own place
  std::map<core::tenant_id, int> checks;
  for (int i = 0; i < 3600; ++i)
    for (const auto& one : w.second())
      ++checks[one];
  for (const auto& one : w.all)
    BOOST_TEST(checks[one] == 4);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_companies_get_a_longer_interval_and_not_a_bigger_budget) {
  watched w(100'000);
  BOOST_TEST(w.plan.interval().count() == 10'000'000);
  const auto counts = w.checks_per_second(300);
  BOOST_TEST(*std::max_element(counts.begin(), counts.end()) == 10u);
  BOOST_TEST(sum(counts) == 3000u);
}

BOOST_AUTO_TEST_CASE(a_budget_is_not_saved_up) {
  watched w(0);
  w.checks_per_second(1);
  w.now.ms += 3'600'000;
  w.plan.sync({company(1), company(2), company(3), company(4)}, w.now);
  planner slow({.per_second = 2});
  slow.sync({company(1), company(2), company(3), company(4)}, w.now);
  BOOST_TEST(slow.take(w.now).size() == 2u);
  BOOST_TEST(slow.take({w.now.ms + 3'600'000}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(no_more_are_under_way_than_may_be) {
  planner plan({.per_second = 100, .at_once = 3});
  const core::timestamp now{1'700'000'000'000};
  plan.sync({company(1), company(2), company(3), company(4)}, now);
  const auto first = plan.take(now);
  BOOST_TEST(first.size() == 3u);
  BOOST_TEST(plan.take({now.ms + 1000}).empty());
  plan.finished(first[0].company, false, {now.ms + 1000});
  BOOST_TEST(plan.take({now.ms + 2000}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_fails_is_checked_again_sooner_and_ever_less_so) {
  watched w(1);
  w.failing = company(0);
  const auto turns = w.turns_of(company(0), 3000);
  BOOST_TEST(turns == (std::vector<int64_t>{0, 60, 180, 420, 900, 1800, 2700}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_has_recovered_begins_anew_when_he_fails_again) {
  watched w(1);
  w.failing = company(0);
  w.turns_of(company(0), 200); // two retries
  w.failing = {};
  w.turns_of(company(0), 1800);
  w.failing = company(0);
  const auto turns = w.turns_of(company(0), 1600);
  BOOST_REQUIRE(turns.size() >= 2);
  BOOST_TEST(turns[1] - turns[0] == 60);
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_forgotten_also_while_he_is_checked) {
  watched w(3);
  const auto under_way = w.plan.take(w.now);
  BOOST_TEST(under_way.size() == 3u);
  BOOST_TEST(w.plan.sync({company(1)}, w.now).size() == 2u);
  BOOST_TEST(w.plan.under_way() == 1u);
  for (const auto& due : under_way)
    w.plan.finished(due.company, false, w.now);
  BOOST_TEST(w.plan.under_way() == 0u);
  BOOST_TEST(w.plan.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_changed_company_is_checked_at_once) {
  watched w(50);
  w.checks_per_second(10);
  BOOST_TEST(w.second().empty());
  BOOST_TEST(w.plan.hasten(company(7), w.now));
  BOOST_TEST(!w.plan.hasten(company(77), w.now));
  BOOST_TEST((w.second() == std::vector{company(7)}));
}

BOOST_AUTO_TEST_CASE(a_change_while_it_is_being_checked_means_another_check) {
  watched w(1);
  BOOST_REQUIRE(w.plan.take(w.now).size() == 1);
  w.plan.hasten(company(0), w.now);
  BOOST_TEST(w.plan.take({w.now.ms + 1000}).empty());
  w.plan.finished(company(0), false, {w.now.ms + 2000});
  BOOST_TEST(w.plan.take({w.now.ms + 2000}).size() == 1u);
  w.plan.finished(company(0), false, {w.now.ms + 2000});
  BOOST_TEST(w.plan.take({w.now.ms + 4000}).empty());
}

BOOST_AUTO_TEST_CASE(others_can_be_asked_before_their_turn) {
  watched w(50);
  w.checks_per_second(10);
  BOOST_TEST(w.plan.hasten_some(5, w.now).size() == 5u);
  BOOST_TEST(w.second().size() == 5u);
  BOOST_TEST(watched(2).plan.hasten_some(5, {1'700'000'000'000}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_was_asked_of_the_same_account_since_the_last_check_is_good_enough) {
  watched w(1);
  auto first = w.plan.take(w.now);
  BOOST_TEST(first.at(0).stale_at.ms == w.now.ms - 900'000);
  w.plan.finished(company(0), true, w.now);
  const auto second = w.plan.take({w.now.ms + 60'000});
  BOOST_TEST(second.at(0).stale_at.ms == w.now.ms);
  w.plan.finished(company(0), true, {w.now.ms + 60'000});
  w.plan.hasten(company(0), {w.now.ms + 70'000});
  BOOST_TEST(w.plan.take({w.now.ms + 70'000}).at(0).stale_at.ms == w.now.ms + 70'000);
}

BOOST_AUTO_TEST_CASE(one_can_be_taken_out_of_turn_but_not_twice) {
  watched w(30);
  w.plan.take(w.now);
  w.plan.take(w.now); // the budget is used up
  BOOST_TEST(w.plan.take(company(29), w.now).has_value());
  BOOST_TEST(!w.plan.take(company(29), w.now).has_value());
  BOOST_TEST(!w.plan.take(company(77), w.now).has_value());
}

BOOST_AUTO_TEST_CASE(who_could_not_be_asked_is_due_again_in_a_moment) {
  watched w(1);
  w.plan.take(w.now);
  w.plan.put_back(company(0), w.now);
  BOOST_TEST(w.plan.take({w.now.ms + 4'999}).empty());
  BOOST_TEST(w.plan.take({w.now.ms + 5'000}).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
