#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using tests::node_fixture;

BOOST_FIXTURE_TEST_SUITE(a_question_nobody_waits_for_any_more, node_fixture)

BOOST_AUTO_TEST_CASE(is_not_stored_if_it_is_a_webhook_for_it_will_come_again) {
  const auto acme = add_company("acme");
  call(acme, "CA1");
  call(acme, "CA2");
  give_up();
  call(acme, "CA3");
  settle();
  BOOST_TEST(answers["CA1"] == "overloaded");
  BOOST_TEST(answers["CA2"] == "overloaded");
  BOOST_TEST(inbox_rows->rows.size() == 1u);
  BOOST_TEST(inbox_rows->rows.count("CA3") == 1u);
  call(acme, "CA1");
  settle();
  BOOST_TEST(inbox_rows->rows.count("CA1") == 1u);
  BOOST_TEST(answers["CA1"] == inbox_rows->rows["CA1"].answer.body);
}

BOOST_AUTO_TEST_CASE(costs_the_database_nothing) {
  const auto acme = add_company("acme");
  std::vector<std::string> heard;
  const auto ask = [&] {
    gateway->ask(actors::load_profile{acme, actors::reply<core::tenant_profile>([&](auto read) {
                                        heard.push_back(read ? read->tenant.name
                                                             : std::string(core::to_string(read.error().code)));
                                      })});
  };
  ask();
  ask();
  give_up();
  ask();
  settle();
  BOOST_TEST(companies->reads == 1);
  BOOST_TEST((heard == std::vector<std::string>{"overloaded", "overloaded", "acme"}));
}

BOOST_AUTO_TEST_SUITE_END()
