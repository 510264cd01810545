#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using actors::shards_state;
using tests::node_fixture;

namespace {

/// A node with room for so many companies. No time passes for its actors, so nobody is passivated for being idle and
/// SHARDS never looks around by itself: all that happens is for the company that comes.
template <size_t Limit>
struct with_room_for : node_fixture {
  with_room_for() : node_fixture({.failing = core::tenant_id("co_broken"), .max_active_tenants = Limit}) {}

  /// A new company that gets a call a moment later than all before.
  core::tenant_id activate(const std::string& name) {
    auto company = add_company(name);
    use(company);
    return company;
  }

  void use(const core::tenant_id& company) {
    clock.pass_ms(1);
    const auto sid = "CA" + std::to_string(++calls);
    call(company, sid);
    settle();
    BOOST_TEST(answers[sid].find("<Record") != std::string::npos);
  }

  std::vector<core::tenant_id> activate_many(size_t count) {
    std::vector<core::tenant_id> companies;
    for (size_t i = 0; i < count; ++i)
      companies.push_back(activate(std::to_string(i)));
    return companies;
  }

  size_t running() { return gateway->actors({}).counts["TENANT"]["running"]; }

  int calls = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(beyond_the_limit_of_active_companies)

BOOST_FIXTURE_TEST_CASE(a_new_one_takes_the_place_of_the_one_nobody_has_called_for_longest, with_room_for<3>) {
  const auto one = activate("one"), two = activate("two"), three = activate("three");
  use(one); // goes straight to its actor; SHARDS is not told
  const auto four = activate("four");
  BOOST_TEST(running() == 3u);
  BOOST_TEST(state_of(two) == "passive");
  for (const auto& company : {one, three, four})
    BOOST_TEST(state_of(company) == "running");
  use(two); // comes back as if nothing had been
  BOOST_TEST(running() == 3u);
  BOOST_TEST(state_of(three) == "passive");
}

BOOST_FIXTURE_TEST_CASE(one_that_has_ended_takes_nobodys_place, with_room_for<2>) {
  const auto one = activate("one"), two = activate("two");
  pass(std::chrono::minutes(2));
  BOOST_TEST(running() == 0u);
  use(two);
  clock.pass_ms(1);
  companies->away = true;
  call(one, "CA away"); // ends at once, for nobody can say what it is
  settle();
  companies->away = false;
  const auto three = activate("three");
  BOOST_TEST(state_of(two) == "running");
  BOOST_TEST(state_of(three) == "running");
}

BOOST_FIXTURE_TEST_CASE(one_that_has_crashed_takes_nobodys_place, with_room_for<2>) {
  const auto one = activate("one");
  const auto broken = activate("broken");
  BOOST_TEST(state_of(broken) == "backoff");
  const auto two = activate("two");
  BOOST_TEST(state_of(one) == "running");
  BOOST_TEST(state_of(two) == "running");
}

BOOST_FIXTURE_TEST_CASE(one_with_a_webhook_in_flight_stays_and_the_limit_gives_way_for_a_while, with_room_for<1>) {
  const auto one = activate("one");
  auto in_flight = tenants.enter(one, clock.steady());
  const auto two = activate("two");
  BOOST_TEST(state_of(one) == "running");
  BOOST_TEST(state_of(two) == "running");
  in_flight = {};
  const auto three = activate("three");
  BOOST_TEST(running() == 1u);
  BOOST_TEST(state_of(three) == "running");
}

BOOST_FIXTURE_TEST_CASE(only_a_few_are_looked_at_however_many_there_are, with_room_for<shards_state::looks + 1>) {
  const auto companies = activate_many(shards_state::looks + 1);
  std::vector<actors::tenant_registry::entry> in_flight;
  for (size_t i = 0; i < shards_state::looks; ++i)
    in_flight.push_back(tenants.enter(companies[i], clock.steady()));
  activate("first");
  BOOST_TEST(state_of(companies.back()) == "running"); // could go, but is the one behind those who were looked at
  BOOST_TEST(running() == shards_state::looks + 2);
  activate("second");
  BOOST_TEST(state_of(companies.back()) == "passive");
}

BOOST_FIXTURE_TEST_CASE(if_all_looked_at_were_called_since_the_best_of_them_goes,
                        with_room_for<shards_state::looks + 8>) {
  const auto companies = activate_many(shards_state::looks + 8);
  for (auto company = companies.rbegin(); company != companies.rend(); ++company)
    use(*company);
  activate("new");
  BOOST_TEST(running() == companies.size());
  BOOST_TEST(state_of(companies[shards_state::looks - 1]) == "passive");
}

BOOST_AUTO_TEST_SUITE_END()
