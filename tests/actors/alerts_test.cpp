#include "health/causes.hpp"
#include "tests/actors/health_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using tests::health_fixture;

namespace {

using words = std::vector<std::string>;

/// Companies c0, c1, ... each with an account of that name.
struct with_companies : health_fixture {
  std::vector<core::tenant_id> companies_with_accounts(int count) {
    std::vector<core::tenant_id> all;
    for (int i = 0; i < count; ++i)
      all.push_back(company("c" + std::to_string(i)));
    return all;
  }
  void all_say(int count, const std::string& word, int from = 0) {
    for (int i = from; i < count; ++i)
      says["c" + std::to_string(i)] = word;
  }
  size_t resolved() const { return alerts->rows.size() - open_alerts().size(); }
};

/// As with_companies, with one whose handler always throws.
struct with_a_broken_company : health_fixture {
  with_a_broken_company() : health_fixture({.failing = core::tenant_id("co_broken")}), broken(add_company("broken")) {}

  void crash_until_quarantined() {
    for (int i = 0; i < 5; ++i) {
      call(broken, "CA" + std::to_string(i));
      settle();
      pass(std::chrono::seconds(2));
    }
  }
  void release() {
    gateway->ask(actors::release_quarantine{broken, {}, {}});
    settle();
  }
  core::tenant_id broken;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_alert_of_a_dependency, with_companies)

BOOST_AUTO_TEST_CASE(opens_once_grows_older_and_resolves_by_itself) {
  const auto acme = company("acme");
  says["acme"] = "refused";
  start_monitor();
  for (int i = 0; i < 3; ++i) {
    run();
    answer_twilio();
  }
  BOOST_REQUIRE(alerts->rows.size() == 1u);
  const auto& alert = alerts->rows[0];
  BOOST_TEST(alert.title == "Twilio is DOWN for {}");
  BOOST_TEST(alert.detail == "Twilio authentication failed");
  BOOST_TEST(alert.fix == "Update the Auth Token");
  BOOST_CHECK(alert.severity == core::alert_severity::critical);
  BOOST_TEST(alert.occurrences >= 3);
  says["acme"] = "active";
  run();
  answer_twilio();
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
  BOOST_TEST(alerts->rows.size() == 1u);
}

BOOST_AUTO_TEST_CASE(asks_the_database_to_resolve_nothing_while_all_is_well) {
  companies_with_accounts(5);
  start_monitor();
  seconds(1000);
  BOOST_TEST(alerts->resolve_questions == 0);
  BOOST_TEST(alerts->rows.empty());
}

BOOST_AUTO_TEST_CASE(is_not_opened_by_a_slow_answer) {
  company("acme");
  says["acme"] = "slow";
  start_monitor();
  seconds(100);
  BOOST_TEST(alerts->rows.empty());
}

BOOST_AUTO_TEST_CASE(that_could_not_be_stored_is_stored_later) {
  company("acme");
  says["acme"] = "refused";
  alerts->away = true;
  start_monitor();
  seconds(3);
  BOOST_TEST(alerts->rows.empty());
  alerts->away = false;
  seconds(62);
  BOOST_TEST(open_alerts().size() == 1u);
}

BOOST_AUTO_TEST_CASE(whose_end_could_not_be_stored_ends_later) {
  company("acme");
  says["acme"] = "refused";
  start_monitor();
  seconds(3);
  says["acme"] = "active";
  alerts->away = true;
  run();
  answer_twilio();
  BOOST_TEST(open_alerts().size() == 1u);
  alerts->away = false;
  seconds(62);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(raised_while_the_open_ones_are_read_is_not_forgotten) {
  const auto acme = company("acme");
  const core::alert_key drift{core::alert_code::number_drift, acme, "+15551234567"};
  start_monitor();
  clock.pass_ms(60'000);
  scheduler().advance_time(std::chrono::seconds(60)); // a round begins, and in the next moment
  services->bell->seen({drift, core::alert_severity::warning, "A number of {} has drifted", "", "", 1});
  settle();
  services->bell->gone(drift);
  settle();
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(left_from_before_the_start_ends_when_its_company_is_well_or_gone) {
  const auto acme = company("acme");
  says["acme"] = "silent";
  for (const auto& id : {acme, core::tenant_id("co_gone")})
    alerts->raise(health::down_cause(health::dependency_kind::twilio, id, {}), clock.now(), false);
  start_monitor();
  seconds(3);
  BOOST_TEST(open_alerts() == words{"DEPENDENCY_HEALTH_CRITICAL co_acme x 1"}, boost::test_tools::per_element());
  says.clear();
  answer_twilio();
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_a_company_that_gives_up_its_account_ends) {
  const auto acme = company("acme");
  says["acme"] = "refused";
  start_monitor();
  seconds(2);
  BOOST_TEST(open_alerts().size() == 1u);
  configure(acme, "");
  seconds(1);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_outage_of_twilio_itself, with_companies)

BOOST_AUTO_TEST_CASE(is_one_alert_and_not_one_per_company) {
  companies_with_accounts(20);
  start_monitor();
  seconds(10);
  all_say(20, "away");
  run();
  answer_twilio();
  seconds(2);
  BOOST_TEST(open_alerts() == words{"DEPENDENCY_HEALTH_CRITICAL twilio x 1"}, boost::test_tools::per_element());
  BOOST_TEST(alerts->rows[0].title == "Twilio is DOWN");
  BOOST_TEST(alerts->rows.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_one_alert_also_where_one_company_is_checked_at_a_time) {
  companies_with_accounts(20);
  start_monitor();
  seconds(5);
  all_say(20, "away");
  seconds(2000);
  BOOST_TEST(alerts->rows.size() == 1u);
  BOOST_TEST(open_alerts().size() == 1u);
  BOOST_TEST(alerts->rows[0].key.company.value == "");
  BOOST_TEST(alerts->rows[0].occurrences > 10); // it grows older
}

BOOST_AUTO_TEST_CASE(ends_when_twilio_is_back_and_leaves_who_is_still_away_an_alert_of_his_own) {
  companies_with_accounts(20);
  start_monitor();
  seconds(5);
  all_say(20, "away");
  seconds(1000);
  all_say(20, "active", 1);
  seconds(130);
  BOOST_TEST(open_alerts().size() == 1u);
  BOOST_TEST(open_alerts().at(0).starts_with("DEPENDENCY_HEALTH_CRITICAL co_c0 x "), open_alerts().at(0));
  BOOST_TEST(alerts->rows.size() == 2u);
  says["c0"] = "active";
  seconds(1000);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_not_what_a_few_companies_have) {
  companies_with_accounts(20);
  start_monitor();
  seconds(5);
  all_say(3, "away");
  seconds(1000);
  BOOST_TEST(open_alerts().size() == 3u);
  for (const auto& alert : open_alerts())
    BOOST_TEST(alert.starts_with("DEPENDENCY_HEALTH_CRITICAL co_c"), alert);
}

BOOST_AUTO_TEST_CASE(is_not_what_refused_credentials_are) {
  companies_with_accounts(6);
  all_say(6, "refused");
  start_monitor();
  seconds(5);
  BOOST_TEST(open_alerts().size() == 6u);
}

BOOST_AUTO_TEST_CASE(is_known_by_the_platforms_account_where_there_is_one) {
  platform = core::platform_account{"platform", core::secret("token")};
  companies_with_accounts(2);
  start_monitor();
  seconds(3);
  says["platform"] = "away";
  all_say(2, "away");
  seconds(70);
  BOOST_TEST(open_alerts().size() == 1u);
  BOOST_TEST(open_alerts().at(0).starts_with("DEPENDENCY_HEALTH_CRITICAL twilio"));
  says.clear();
  seconds(70);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(and_the_platforms_refused_credentials_are_one_alert_too) {
  platform = core::platform_account{"platform", core::secret("token")};
  says["platform"] = "refused";
  start_monitor();
  BOOST_TEST(open_alerts() == words{"DEPENDENCY_HEALTH_CRITICAL twilio x 1"}, boost::test_tools::per_element());
  BOOST_TEST(alerts->rows[0].detail == "Twilio authentication failed");
  says.clear();
  seconds(61);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(does_not_hide_that_credentials_are_refused) {
  companies_with_accounts(10);
  all_say(10, "away");
  says["c0"] = "refused";
  start_monitor();
  seconds(5);
  BOOST_TEST(open_alerts().size() == 2u);
}

BOOST_AUTO_TEST_CASE(that_nobody_answers_for_ten_seconds_is_found_out_all_the_same) {
  companies_with_accounts(10);
  start_monitor();
  seconds(5);
  all_say(10, "silent");
  run();
  seconds(30);
  BOOST_TEST(alerts->rows.size() == 1u);
  BOOST_TEST(open_alerts().at(0).starts_with("DEPENDENCY_HEALTH_CRITICAL twilio"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_quarantined_company, with_a_broken_company)

BOOST_AUTO_TEST_CASE(is_an_alert_until_it_is_released) {
  start_monitor();
  crash_until_quarantined();
  BOOST_TEST(open_alerts() == words{"COMPANY_QUARANTINED co_broken x 1"}, boost::test_tools::per_element());
  seconds(200);
  BOOST_TEST(open_alerts() == words{"COMPANY_QUARANTINED co_broken x 1"}, boost::test_tools::per_element());
  release();
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_an_alert_although_nobody_told_and_so_is_its_release) {
  crash_until_quarantined();
  start_monitor();
  BOOST_TEST(open_alerts().size() == 1u);
  services->bell->answered_by({});
  release();
  seconds(61);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_is_released_at_once_leaves_no_alert) {
  start_monitor();
  services->bell->seen(health::quarantine_cause(broken));
  services->bell->gone(health::quarantine_cause(broken).key);
  settle();
  BOOST_TEST(alerts->rows.size() == 1u);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(what_the_front_end_sees, with_companies)

BOOST_AUTO_TEST_CASE(rejected_signatures_end_after_a_quarter_of_an_hour_without_any) {
  const auto acme = company("acme");
  start_monitor();
  services->bell->seen(health::rejection_cause(acme, false, 3));
  seconds(800);
  services->bell->seen(health::rejection_cause(acme, false, 40));
  settle();
  BOOST_TEST(open_alerts() == words{"SIGNATURE_REJECTED co_acme x 43"}, boost::test_tools::per_element());
  seconds(890);
  BOOST_TEST(open_alerts().size() == 1u);
  seconds(75);
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rotated_token_ends_when_it_is_promoted) {
  const auto acme = company("acme");
  configure(acme, "acme", "the next one");
  start_monitor();
  services->bell->seen(health::next_token_cause(acme, 1));
  seconds(200);
  BOOST_TEST(open_alerts() == words{"NEXT_TOKEN_MATCHED co_acme x 1"}, boost::test_tools::per_element());
  configure(acme, "acme");
  settle();
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_others_raise_stays_until_they_say_that_it_is_over) {
  const auto acme = company("acme");
  const core::alert_key drift{core::alert_code::number_drift, acme, "+15551234567"};
  start_monitor();
  services->bell->seen({drift, core::alert_severity::warning, "A number of {} has drifted", "", "", 1});
  seconds(2000);
  BOOST_TEST(open_alerts().size() == 1u);
  services->bell->gone(drift);
  settle();
  BOOST_TEST(open_alerts() == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(does_not_fill_the_mailbox_however_much_it_is) {
  const auto acme = company("acme");
  start_monitor();
  for (int i = 0; i < 5000; ++i)
    services->bell->seen(health::rejection_cause(acme, false, 1));
  settle();
  BOOST_TEST(open_alerts() == words{"SIGNATURE_REJECTED co_acme x 1024"}, boost::test_tools::per_element());
  services->bell->seen(health::rejection_cause(acme, false, 1)); // there is room again
  settle();
  BOOST_TEST(open_alerts() == words{"SIGNATURE_REJECTED co_acme x 1025"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_told_to_nobody_where_nobody_listens) {
  for (int i = 0; i < 5000; ++i)
    services->bell->seen(health::rejection_cause(company("acme"), false, 1));
  start_monitor();
  BOOST_TEST(alerts->rows.empty());
}

BOOST_AUTO_TEST_SUITE_END()
