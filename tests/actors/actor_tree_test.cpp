#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace std::chrono_literals;
using tests::node_fixture;

namespace {

/// What an operator sees of the node's own actors.
struct watched_node : node_fixture {
  watched_node() : node_fixture({.failing = core::tenant_id("co_broken")}), acme(add_company("acme")) {}

  actors::actor_node see(const std::string& kind) {
    const auto tree = gateway->actors({});
    if (kind == "NODE")
      return tree.root;
    for (const auto& child : tree.root.children)
      if (child.kind == kind)
        return child;
    BOOST_FAIL("no " + kind);
    return {};
  }

  /// "CODE after SECONDS", counted from the start of the node; "none".
  std::string trouble_of(const std::string& kind) {
    const auto seen = see(kind).last_error;
    return seen ? seen->code + " after " + std::to_string((seen->at.ms - begun.ms) / 1000) : "none";
  }

  std::string detail_of(const std::string& kind) { return see(kind).last_error.value_or(actors::last_error{}).detail; }

  void read(const core::tenant_id& company) {
    gateway->ask(actors::load_profile{company, actors::reply<core::tenant_profile>([](const auto&) {})});
    settle();
  }

  core::timestamp begun = clock.now();
  core::tenant_id acme;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_an_operator_sees, watched_node)

BOOST_AUTO_TEST_CASE(is_no_trouble_where_there_is_none) {
  call(acme, "CA1");
  read(core::tenant_id("co_unknown")); // not the worker's fault
  for (const auto* kind : {"NODE", "STORE", "INBOX", "SHARDS"}) {
    BOOST_TEST(see(kind).state == "running", kind);
    BOOST_TEST(trouble_of(kind) == "none", kind);
  }
}

BOOST_AUTO_TEST_CASE(is_when_a_store_worker_failed_and_still_when_it_works_again) {
  companies->away = true;
  clock.pass_ms(5000);
  read(acme);
  BOOST_TEST(trouble_of("STORE") == "database_unavailable after 5");
  BOOST_TEST(detail_of("STORE") == "away");
  clock.pass_ms(5000);
  read(acme);
  BOOST_TEST(trouble_of("STORE") == "database_unavailable after 10");
  companies->away = false;
  clock.pass_ms(5000);
  read(acme);
  BOOST_TEST(trouble_of("STORE") == "database_unavailable after 10");
}

BOOST_AUTO_TEST_CASE(is_that_a_store_worker_met_something_it_did_not_expect) {
  gateway->ask(actors::put_config{core::tenant_id("co_nowhere"),
                                  std::nullopt,
                                  {}, // the companies in memory throw
                                  {},
                                  actors::reply<core::tenant_config>([](const auto&) {})});
  settle();
  BOOST_TEST(trouble_of("STORE") == "internal_error after 0");
  BOOST_TEST(detail_of("STORE") == "The log has the cause.");
}

BOOST_AUTO_TEST_CASE(is_when_the_inbox_failed_not_when_the_webhook_came) {
  inbox_rows->away = true;
  call(acme, "CA1");
  clock.pass_ms(3000);
  settle();
  BOOST_TEST(trouble_of("INBOX") == "database_unavailable after 3");
}

BOOST_AUTO_TEST_CASE(is_that_the_inbox_could_not_store_one_webhook) {
  inbox_rows->refuses = {"CA2"};
  for (const auto* sid : {"CA1", "CA2", "CA3"})
    call(acme, sid);
  settle();
  BOOST_TEST(trouble_of("INBOX") == "malformed_webhook after 0");
}

BOOST_AUTO_TEST_CASE(is_that_shards_could_not_store_a_quarantine) {
  const auto broken = add_company("broken");
  for (int i = 0; i < 4; ++i) {
    call(broken, "CA" + std::to_string(i));
    settle();
    pass(2s);
  }
  call(broken, "CA5");
  while (state_of(broken) != "quarantined")
    scheduler().run_once();
  BOOST_TEST(trouble_of("SHARDS") == "none");
  companies->away = true;
  settle();
  BOOST_TEST(trouble_of("SHARDS") == "database_unavailable after 8");
}

BOOST_AUTO_TEST_CASE(is_when_the_node_had_no_database) {
  clock.pass_ms(7000);
  gateway->database_is(false);
  gateway->database_is(true);
  BOOST_TEST(trouble_of("NODE") == "database_unavailable after 7");
  BOOST_TEST(see("NODE").state == "running");
}

BOOST_AUTO_TEST_CASE(is_a_node_that_drains) {
  BOOST_TEST((gateway->actors({}).counts.at("NODE") == std::map<std::string, size_t>{{"running", 1}}));
  gateway->drain();
  BOOST_TEST(see("NODE").state == "passivating");
  BOOST_TEST((gateway->actors({}).counts.at("NODE") == std::map<std::string, size_t>{{"passivating", 1}}));
  BOOST_TEST(see("INBOX").state == "running"); // it has work to do until the end
}

BOOST_AUTO_TEST_SUITE_END()
