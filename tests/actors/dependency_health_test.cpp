#include "tests/actors/health_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using tests::health_fixture;

namespace {

using words = std::vector<std::string>;

core::platform_account platform_account() { return {"platform", core::secret("token")}; }

const health::dependency* entry(const health::report& report, const std::string& company,
                                health::dependency_kind kind = health::dependency_kind::twilio) {
  for (const auto& one : report.dependencies)
    if (one.company.value == company && one.kind == kind)
      return &one;
  return nullptr;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_health_of_dependencies, health_fixture)

BOOST_AUTO_TEST_CASE(is_told_of_each_company_by_what_twilio_says_of_its_account) {
  const auto well = company("well"), slow = company("slow"), refused = company("refused"),
             suspended = company("suspended");
  says = {{"slow", "slow"}, {"refused", "refused"}, {"suspended", "suspended"}};
  start_monitor();
  seconds(2);
  BOOST_TEST(state_of(well) == "HEALTHY 'OK'");
  BOOST_TEST(state_of(slow) == "DEGRADED 'Twilio answers slowly'");
  BOOST_TEST(state_of(refused) == "DOWN 'Twilio authentication failed'");
  BOOST_TEST(state_of(suspended) == "DOWN 'Twilio account is suspended'");
  BOOST_TEST(state_of({}, "database") == "HEALTHY 'OK'");
  BOOST_TEST(state_of({}, "vapi") == "NOT_CONFIGURED 'Vapi not configured'");
  BOOST_TEST(state_of({}) == "-"); // no platform account, and companies have their own
  const auto all = report();
  BOOST_CHECK(all.status == health::status::down);
  BOOST_TEST(entry(all, slow.value)->latency_ms.value() == 2500);
  BOOST_TEST(entry(all, slow.value)->credential_source == "company:slow");
  BOOST_TEST(entry(all, suspended.value)->account_status == "suspended");
}

BOOST_AUTO_TEST_CASE(is_kept_for_whoever_asks_what_a_company_lacks) {
  const auto well = company("well"), refused = company("refused"), suspended = company("suspended"),
             away = company("away");
  says = {{"refused", "refused"}, {"suspended", "suspended"}, {"away", "away"}};
  start_monitor();
  seconds(2);
  const auto kept = [&](const core::tenant_id& id) {
    const auto& check = facts->accounts.at(id);
    return (check.accepted ? "accepted " : "refused ") + check.status;
  };
  BOOST_TEST(kept(well) == "accepted active");
  BOOST_TEST(kept(refused) == "refused ");
  BOOST_TEST(kept(suspended) == "accepted suspended");
  BOOST_TEST(facts->accounts.count(away) == 0u); // nobody has said anything of its account
}

BOOST_AUTO_TEST_CASE(without_any_credentials_is_one_entry) {
  add_company("poor");
  start_monitor();
  BOOST_TEST(state_of({}) == "NOT_CONFIGURED 'Twilio not configured (per-company system)'");
  BOOST_CHECK(report().status == health::status::healthy);
  BOOST_CHECK(report(core::tenant_id("co_poor")).status == health::status::not_configured);
}

BOOST_AUTO_TEST_CASE(of_the_platforms_own_account_is_global) {
  platform = platform_account();
  start_monitor();
  BOOST_TEST(state_of({}) == "HEALTHY 'OK'");
  BOOST_TEST(entry(report(), "")->credential_source == "global");
}

BOOST_AUTO_TEST_CASE(can_be_asked_of_one_company_alone) {
  const auto mine = company("mine");
  company("other");
  says["mine"] = "refused";
  start_monitor();
  const auto found = report(mine); // asked before it was checked, so it is checked now
  BOOST_REQUIRE(found.dependencies.size() == 1u);
  BOOST_TEST(found.dependencies[0].company.value == mine.value);
  BOOST_CHECK(found.status == health::status::down);
}

BOOST_AUTO_TEST_CASE(is_down_when_nobody_answers_in_ten_seconds_and_a_later_answer_changes_nothing) {
  const auto quiet = company("quiet");
  says["quiet"] = "silent";
  start_monitor();
  run(quiet);
  seconds(9);
  BOOST_TEST(ran.empty());
  seconds(3);
  BOOST_REQUIRE(ran.size() == 1u);
  BOOST_TEST(entry(ran[0], quiet.value)->message == "Twilio does not answer");
  says["quiet"] = "active";
  answer_twilio();
  BOOST_TEST(state_of(quiet) == "DOWN 'Twilio does not answer'");
}

BOOST_AUTO_TEST_CASE(is_down_when_the_database_is_away) {
  start_monitor();
  alerts->away = true;
  seconds(61);
  BOOST_TEST(state_of({}, "database") == "DOWN 'Database unavailable'");
  BOOST_CHECK(report().status == health::status::down);
  alerts->away = false;
  seconds(61);
  BOOST_TEST(state_of({}, "database") == "HEALTHY 'OK'");
}

BOOST_AUTO_TEST_CASE(stays_what_it_was_when_we_have_no_room_to_ask) {
  const auto acme = company("acme");
  start_monitor();
  seconds(2);
  says["acme"] = "no room";
  run(acme);
  answer_twilio();
  BOOST_REQUIRE(ran.size() == 1u);
  BOOST_CHECK(ran[0].status == health::status::healthy);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_run_on_demand, health_fixture)

BOOST_AUTO_TEST_CASE(asks_twilio_now_and_once_for_all_who_want_it) {
  const auto acme = company("acme");
  start_monitor();
  seconds(2);
  questions.clear();
  run();
  run();
  run(acme);
  BOOST_TEST(ran.empty());
  says["acme"] = "refused";
  answer_twilio();
  BOOST_REQUIRE(ran.size() == 3u);
  for (const auto& report : ran)
    BOOST_TEST(entry(report, acme.value)->message == "Twilio authentication failed");
  BOOST_TEST(questions["acme"] <= 2); // the run of all, and what the company's own found under way
}

BOOST_AUTO_TEST_CASE(checks_who_has_just_been_configured) {
  start_monitor();
  services->bell->answered_by({}); // nobody tells it
  const auto fresh = company("fresh");
  run(fresh);
  answer_twilio();
  BOOST_REQUIRE(ran.size() == 1u);
  BOOST_TEST(entry(ran[0], fresh.value)->message == "OK");
}

BOOST_AUTO_TEST_CASE(goes_beyond_the_budget_but_not_beyond_what_may_be_under_way) {
  pace.per_second = 1, pace.at_once = 4;
  for (int i = 0; i < 20; ++i)
    says[company(fmt::format("c{:02}", i)).value.substr(3)] = "silent";
  start_monitor();
  run();
  BOOST_TEST(twilio.accounts.size() == 4u);
  says.clear();
  answer_twilio();
  BOOST_REQUIRE(ran.size() == 1u);
  BOOST_TEST(ran[0].counts[static_cast<size_t>(health::status::healthy)] == 21u); // and the database
}

BOOST_AUTO_TEST_CASE(of_more_than_can_be_asked_is_answered_within_fifteen_seconds) {
  pace.at_once = 4;
  for (int i = 0; i < 20; ++i)
    says[company(fmt::format("c{:02}", i)).value.substr(3)] = "silent";
  start_monitor();
  run();
  seconds(15);
  BOOST_TEST(ran.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(checks_by_the_clock, health_fixture)

BOOST_AUTO_TEST_CASE(keep_to_the_budget) {
  for (int i = 0; i < 100; ++i)
    company(fmt::format("c{:03}", i));
  start_monitor();
  size_t before = questions.size();
  for (int second = 0; second < 12; ++second) {
    seconds(1);
    BOOST_TEST(questions.size() - before <= 10u);
    before = questions.size();
  }
  BOOST_TEST(questions.size() == 100u);
  for (const auto& [account, times] : questions)
    BOOST_TEST(times == 1, account);
}

BOOST_AUTO_TEST_CASE(ask_once_for_companies_that_share_an_account) {
  for (int i = 0; i < 8; ++i)
    company(fmt::format("c{}", i), "shared");
  start_monitor();
  seconds(5);
  BOOST_TEST(questions["shared"] == 1);
  BOOST_TEST(report().counts[static_cast<size_t>(health::status::healthy)] == 9u);
  seconds(1800); // each had its turn twice
  BOOST_TEST(questions["shared"] <= 4);
  BOOST_TEST(questions["shared"] >= 2);
}

BOOST_AUTO_TEST_CASE(come_sooner_for_who_fails) {
  company("well");
  company("bad");
  says["bad"] = "refused";
  start_monitor();
  seconds(190);
  BOOST_TEST(questions["well"] == 1);
  BOOST_TEST(questions["bad"] == 3);
}

BOOST_AUTO_TEST_CASE(come_at_once_for_who_has_new_credentials) {
  const auto acme = company("acme");
  says["acme"] = "refused";
  start_monitor();
  seconds(300);
  BOOST_TEST(state_of(acme) == "DOWN 'Twilio authentication failed'");
  configure(acme, "another");
  seconds(2);
  BOOST_TEST(state_of(acme) == "HEALTHY 'OK'");
  configure(acme, "");
  seconds(1);
  BOOST_TEST(state_of(acme) == "-");
}

BOOST_AUTO_TEST_CASE(forget_who_is_gone) {
  start_monitor();
  services->bell->answered_by({}); // nobody tells it
  const auto acme = company("acme");
  seconds(62);
  BOOST_TEST(state_of(acme) == "HEALTHY 'OK'");
  configure(acme, "");
  seconds(61);
  BOOST_TEST(state_of(acme) == "-");
}

BOOST_AUTO_TEST_SUITE_END()
