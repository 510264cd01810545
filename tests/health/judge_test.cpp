#include "health/causes.hpp"
#include "health/judge.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using namespace health;
using core::ec;

namespace {

/// How everything about a verdict reads: "DOWN critical 120 'Twilio authentication failed' - reached".
std::string read(const verdict& v, dependency_kind kind = dependency_kind::twilio) {
  dependency one;
  one.kind = kind, one.status = v.status;
  return fmt::format("{}{} {} '{}' {} {} / {}", to_string(v.status), is_critical(v.status) ? " critical" : "",
                     v.latency_ms.value_or(-1), v.message, v.account_status.empty() ? "-" : v.account_status,
                     v.reachable ? "reached" : "not reached", action(one));
}

std::string account(const std::string& status, int64_t latency_ms) {
  return read(judge_account(account_said{status, latency_ms}, 1));
}

verdict refused(ec code, int twilio_code = 0, int http_status = 401) {
  core::error failure{code, "", "", {}};
  if (twilio_code > 0)
    failure.twilio = core::twilio_refusal{http_status, twilio_code, "words", ""};
  return judge_account(core::fail(failure), 120);
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_a_check_means)

BOOST_AUTO_TEST_CASE(an_active_account_is_healthy_up_to_two_seconds_and_degraded_above) {
  BOOST_TEST(account("active", 0) == "HEALTHY 0 'OK' active reached / None");
  BOOST_TEST(account("active", 2000) == "HEALTHY 2000 'OK' active reached / None");
  BOOST_TEST(account("active", 2001) == "DEGRADED 2001 'Twilio answers slowly' active reached / Monitor");
}

BOOST_AUTO_TEST_CASE(an_account_that_is_not_active_is_down_however_fast_it_says_so) {
  constexpr auto todo = "/ Fix credentials or Twilio account";
  BOOST_TEST(account("suspended", 3) ==
             fmt::format("DOWN critical 3 'Twilio account is suspended' suspended reached {}", todo));
  BOOST_TEST(account("closed", 3) == fmt::format("DOWN critical 3 'Twilio account is closed' closed reached {}", todo));
}

BOOST_AUTO_TEST_CASE(refused_credentials_are_down_and_reached) {
  BOOST_TEST(read(refused(ec::twilio_credentials_rejected, 20003)) ==
             "DOWN critical 120 'Twilio authentication failed' - reached / Fix credentials or Twilio account");
  BOOST_TEST(refused(ec::twilio_credentials_rejected, 20003).fix == "Update the Auth Token");
  BOOST_TEST(refused(ec::twilio_credentials_rejected, 20005).message == "Twilio account is not active");
  BOOST_TEST(refused(ec::internal_error).message == "Twilio refused the question");
  BOOST_TEST(refused(ec::internal_error).reachable);
  BOOST_TEST(refused(ec::twilio_not_configured).message == "Twilio credentials not fully configured");
}

BOOST_AUTO_TEST_CASE(no_answer_is_down_and_not_reached) {
  BOOST_TEST(read(refused(ec::twilio_unreachable)) ==
             "DOWN critical 120 'Twilio does not answer' - not reached / Fix credentials or Twilio account");
}

BOOST_AUTO_TEST_CASE(twilio_that_wants_no_more_of_us_is_there_and_twilio_that_breaks_is_not) {
  const auto too_many = refused(ec::twilio_unreachable, 20429, 429);
  BOOST_TEST(too_many.reachable);
  BOOST_TEST(too_many.message == "Twilio takes no more requests for this account");
  BOOST_TEST(!refused(ec::twilio_unreachable, 20500, 500).reachable);
}

BOOST_AUTO_TEST_CASE(what_we_could_not_ask_ourselves_says_nothing_about_twilio) {
  BOOST_TEST(says_nothing({ec::overloaded, "", "", {}}));
  BOOST_TEST(says_nothing({ec::not_ready, "", "", {}}));
  BOOST_TEST(!says_nothing({ec::twilio_unreachable, "", "", {}}));
  BOOST_TEST(!says_nothing({ec::twilio_credentials_rejected, "", "", {}}));
}

BOOST_AUTO_TEST_CASE(the_database_is_judged_by_its_round_trip) {
  const auto database = [](core::expected<int64_t> us) {
    return read(judge_database(us, 5000), dependency_kind::database);
  };
  BOOST_TEST(database(1) == "HEALTHY 1 'OK' - reached / None");
  BOOST_TEST(database(2'000'000) == "HEALTHY 2000 'OK' - reached / None");
  BOOST_TEST(database(2'000'001) == "DEGRADED 2001 'The database answers slowly' - reached / Monitor");
  BOOST_TEST(database(core::fail(ec::database_unavailable)) ==
             "DOWN critical 5000 'Database unavailable' - not reached / Monitor");
}

BOOST_AUTO_TEST_CASE(what_is_not_configured_is_not_critical) {
  dependency vapi;
  vapi.kind = dependency_kind::vapi;
  BOOST_TEST(action(vapi) == "Configure if needed");
  BOOST_TEST(!is_critical(vapi.status));
}

BOOST_AUTO_TEST_CASE(an_alert_has_a_place_for_the_name_of_its_company_alone) {
  const core::tenant_id acme("co_acme00000001");
  const auto found = refused(ec::twilio_credentials_rejected);
  const auto own = down_cause(dependency_kind::twilio, acme, found);
  BOOST_TEST(own.title == "Twilio is DOWN for {}");
  BOOST_TEST(own.detail == "Twilio authentication failed");
  BOOST_TEST(own.fix == "Update the Auth Token");
  BOOST_TEST(down_cause(dependency_kind::twilio, {}, found).title == "Twilio is DOWN");
  BOOST_TEST(down_cause(dependency_kind::database, {}, found).title == "The database is DOWN");
  BOOST_TEST((outage_cause(5, 4).key == down_cause(dependency_kind::twilio, {}, found).key));
  for (const auto& cause : {quarantine_cause(acme), rejection_cause(acme, false, 3), rejection_cause(acme, true, 3),
                            next_token_cause(acme, 3)})
    BOOST_TEST(cause.title.find("{}") != std::string::npos, cause.title);
  BOOST_TEST(rejection_cause(acme, false, 3).times == 3);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
