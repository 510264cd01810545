#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace std::chrono_literals;
using tests::node_fixture;

namespace {

struct with_failing_company : node_fixture {
  with_failing_company()
      : node_fixture({.failing = core::tenant_id("co_broken")}),
        broken(add_company("broken")),
        healthy(add_company("healthy")) {}

  uint64_t crashes_of(const core::tenant_id& company) {
    uint64_t count = 0;
    tenants.with_slot(company, [&](actors::tenant_slot& slot) { count = slot.crashes->policy.crashes(); });
    return count;
  }

  core::tenant_id broken, healthy;
};

int hours(int count) { return count * 3'600'000; }

bool is_voicemail(const std::string& twiml) { return twiml.find("<Record") != std::string::npos; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_life_of_a_companys_actor, node_fixture)

BOOST_AUTO_TEST_CASE(the_first_webhook_spawns_the_company_and_is_stored_before_it_is_answered) {
  const auto acme = add_company("acme");
  BOOST_TEST(state_of(acme) == "passive");
  call(acme, "CA1");
  settle();
  BOOST_TEST(inbox_rows->rows.count("CA1") == 1u);
  BOOST_TEST(answers["CA1"] == inbox_rows->rows["CA1"].answer.body);
  BOOST_TEST(is_voicemail(answers["CA1"])); // no agent is set up
  BOOST_TEST(state_of(acme) == "running");
}

BOOST_AUTO_TEST_CASE(webhooks_that_arrive_while_the_company_is_read_are_all_answered_and_it_is_read_once) {
  const auto acme = add_company("acme");
  for (const auto* sid : {"CA1", "CA2", "CA3"})
    call(acme, sid);
  settle();
  BOOST_TEST(answers.size() == 3u);
  BOOST_TEST(companies->reads == 1);
}

BOOST_AUTO_TEST_CASE(what_arrives_during_a_commit_is_the_next_batch) {
  const auto acme = add_company("acme");
  call(acme, "CA0");
  settle();
  for (int i = 1; i <= 20; ++i)
    call(acme, "CA" + std::to_string(i));
  settle();
  BOOST_TEST(inbox_rows->rows.size() == 21u);
  BOOST_TEST(inbox_rows->batches.size() < 10u);
}

BOOST_AUTO_TEST_CASE(one_webhook_that_can_not_be_stored_does_not_fail_its_batch) {
  const auto acme = add_company("acme");
  inbox_rows->refuses = {"CA2"};
  for (const auto* sid : {"CA1", "CA2", "CA3"})
    call(acme, sid);
  settle();
  BOOST_TEST(answers["CA2"] == "malformed_webhook");
  BOOST_TEST(is_voicemail(answers["CA1"]));
  BOOST_TEST(is_voicemail(answers["CA3"]));
}

/// A company whose calls go to its owner, in the database alone.
void forwards(core::tenant_config& config) {
  config.mode = core::routing_mode::forward;
  config.fallback_chain = {core::routing_mode::forward};
  config.forward_number = core::phone_number("+15557654321");
}

BOOST_AUTO_TEST_CASE(without_the_database_a_company_nobody_knows_gets_the_safe_chain_and_the_next_webhook_tries_again) {
  const auto acme = add_company("acme");
  forwards(companies->rows.at(acme).config);
  companies->away = true;
  call(acme, "CA1");
  settle();
  BOOST_TEST(is_voicemail(answers["CA1"]));
  BOOST_REQUIRE(inbox_rows->rows.count("CA1") == 1); // stored, wherever the INBOX keeps it now
  BOOST_TEST(inbox_rows->rows.at("CA1").call->route_configured == "voicemail");
  companies->away = false;
  call(acme, "CA2"); // nobody believes any more that it takes voicemail
  settle();
  BOOST_TEST(answers["CA2"].find("<Dial") != std::string::npos);
  inbox_rows->away = true;
  call(acme, "CA3");
  settle();
  BOOST_TEST(answers["CA3"] == "database_unavailable");
  BOOST_TEST(state_of(acme) == "running"); // a database error is no crash
}

BOOST_AUTO_TEST_CASE(an_idle_company_is_passivated_and_comes_back_on_the_next_webhook) {
  const auto acme = add_company("acme");
  call(acme, "CA1");
  settle();
  pass(40s);
  BOOST_TEST(state_of(acme) == "running");
  pass(40s);
  BOOST_TEST(state_of(acme) == "passive");
  call(acme, "CA2");
  settle();
  BOOST_TEST(is_voicemail(answers["CA2"]));
  BOOST_TEST(state_of(acme) == "running");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_makes_nobody_idle_and_keeps_nobody_from_it) {
  const auto acme = add_company("acme");
  call(acme, "CA1");
  settle();
  clock.set_by_ms(hours(2));
  pass(20s);
  BOOST_TEST(state_of(acme) == "running");
  clock.set_by_ms(hours(-3));
  pass(80s);
  BOOST_TEST(state_of(acme) == "passive");
}

BOOST_AUTO_TEST_CASE(a_webhook_behind_news_that_the_company_can_not_be_read_is_not_answered_with_the_safe_chain) {
  const auto acme = add_company("acme");
  forwards(companies->rows.at(acme).config);
  companies->away = true;
  call(acme, "CA1");
  while (companies->reads == 0)
    scheduler().run_once();
  companies->away = false;
  call(acme, "CA2"); // its actor is still there, but has heard that nobody can say what it is
  settle();
  BOOST_TEST(is_voicemail(answers["CA1"]));
  BOOST_TEST(answers["CA2"].find("<Dial") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(companies_nobody_knows_do_not_all_wait_for_a_database_that_stands_still) {
  companies->away = true;
  companies->at_read = [this] { clock.pass_ms(5000); }; // until the deadline of a statement
  for (int n = 0; n < 10; ++n)
    call(add_company("acme" + std::to_string(n)), "CA" + std::to_string(n));
  settle();
  BOOST_TEST(companies->reads == 1);
  BOOST_TEST(answers.size() == 10u);
  for (const auto& [sid, answer] : answers)
    BOOST_TEST(is_voicemail(answer));
  clock.pass_ms(1000);
  call(add_company("other"), "CA99");
  settle();
  BOOST_TEST(companies->reads == 2);
}

BOOST_AUTO_TEST_CASE(a_company_that_is_called_now_and_then_is_not_passivated) {
  const auto acme = add_company("acme");
  for (int i = 0; i < 5; ++i) {
    call(acme, "CA" + std::to_string(i));
    settle();
    pass(40s);
    BOOST_TEST(state_of(acme) == "running");
  }
  BOOST_TEST(companies->reads == 1);
}

BOOST_AUTO_TEST_CASE(a_company_with_a_webhook_in_flight_is_not_passivated) {
  const auto acme = add_company("acme");
  call(acme, "CA1");
  settle();
  const auto in_flight = tenants.enter(acme, clock.steady());
  pass(10min);
  BOOST_TEST(state_of(acme) == "running");
}

BOOST_AUTO_TEST_CASE(a_changed_configuration_holds_for_the_next_webhook) {
  const auto acme = add_company("acme");
  call(acme, "CA1");
  settle();
  auto config = companies->rows.at(acme).config;
  config.mode = core::routing_mode::forward;
  config.fallback_chain = {core::routing_mode::forward};
  config.forward_number = core::phone_number("+15557654321");
  std::optional<int64_t> stored;
  gateway->ask(actors::put_config{acme, std::nullopt, config, {}, actors::reply<core::tenant_config>([&](auto done) {
                                    stored = done ? done->version : -1;
                                  })});
  settle();
  call(acme, "CA2");
  settle();
  BOOST_TEST(stored.value_or(0) == 2);
  BOOST_TEST(answers["CA2"].find("<Dial") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_company_whose_handler_throws_always, with_failing_company)

BOOST_AUTO_TEST_CASE(its_webhook_is_still_stored_and_answered_with_the_safe_chain) {
  call(broken, "CA1");
  settle();
  BOOST_TEST(is_voicemail(answers["CA1"]));
  BOOST_TEST(inbox_rows->rows.count("CA1") == 1u);
  BOOST_TEST(state_of(broken) == "backoff");
}

BOOST_AUTO_TEST_CASE(webhooks_behind_the_one_that_crashed_it_are_not_lost) {
  call(broken, "CA1");
  call(broken, "CA2");
  call(broken, "CA3");
  settle();
  for (const auto* sid : {"CA1", "CA2", "CA3"}) {
    BOOST_TEST(is_voicemail(answers[sid]), sid);
    BOOST_TEST(inbox_rows->rows.count(sid) == 1u, sid);
  }
}

BOOST_AUTO_TEST_CASE(it_is_tried_again_after_its_back_off_although_the_clock_was_set_back) {
  call(broken, "CA1");
  settle();
  clock.set_by_ms(hours(-1));
  pass(2s);
  call(broken, "CA2");
  settle();
  BOOST_TEST(crashes_of(broken) == 2u);
}

BOOST_AUTO_TEST_CASE(it_is_quarantined_after_five_crashes_while_others_go_on) {
  for (int i = 0; i < 5; ++i) {
    call(broken, "CA" + std::to_string(i));
    settle();
    pass(2s);
  }
  BOOST_TEST(state_of(broken) == "quarantined");
  BOOST_TEST((companies->rows.at(broken).tenant.state == core::tenant_state::quarantined));
  pass(10min);
  BOOST_TEST(state_of(broken) == "quarantined"); // however long nobody calls
  call(broken, "CA6");
  call(healthy, "CA7");
  settle();
  BOOST_TEST(is_voicemail(answers["CA6"]));
  BOOST_TEST(is_voicemail(answers["CA7"]));
  BOOST_TEST(state_of(healthy) == "running");
}

BOOST_AUTO_TEST_CASE(it_runs_again_when_an_operator_releases_it) {
  for (int i = 0; i < 5; ++i) {
    call(broken, "CA" + std::to_string(i));
    settle();
    pass(2s);
  }
  std::string said;
  const auto release = [&] {
    gateway->ask(actors::release_quarantine{broken, {}, actors::reply<core::tenant_profile>([&](auto done) {
                                              said =
                                                  done ? "released" : std::string(core::to_string(done.error().code));
                                            })});
    settle();
  };
  release();
  BOOST_TEST(said == "released");
  BOOST_TEST(state_of(broken) == "passive");
  release();
  BOOST_TEST(said == "invalid_state");
}

BOOST_AUTO_TEST_CASE(the_actor_tree_says_why) {
  call(broken, "CA1");
  settle();
  const auto tree = gateway->actors({});
  BOOST_TEST(tree.counts.at("TENANT").at("backoff") == 1u);
  for (const auto& worker : tree.root.children)
    if (worker.kind == "SHARDS") {
      BOOST_REQUIRE(worker.children.size() == 1u);
      BOOST_REQUIRE(worker.children[0].last_error.has_value());
      BOOST_TEST(worker.children[0].last_error->code == "handler_failed");
      BOOST_TEST(worker.children[0].restarts == 1u);
    }
}

BOOST_AUTO_TEST_SUITE_END()
