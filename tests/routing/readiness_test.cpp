#include "routing/readiness.hpp"
#include "tests/routing/company.hpp"

using namespace trunkline;
using namespace trunkline::tests;

namespace {

struct checked_company : company {
  routing::readiness_evidence seen;
  bool platform = false;

  /// Nothing left to be desired.
  checked_company() {
    has_agent();
    config().credentials.account_sid = "AC" + digits32;
    config().credentials.auth_token = core::secret("token");
    config().agent.knowledge_base_id = "kb_1";
    seen = {true, true, true, true, true, true, true, true, true, true, true};
  }

  std::vector<routing::readiness_check> checks() const { return routing::readiness(profile, platform, seen); }
  routing::readiness_check check(std::string_view code) const {
    const auto all = checks();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.code == code; });
    BOOST_REQUIRE_MESSAGE(found != all.end(), "no check " + std::string(code));
    return *found;
  }
  std::string status(std::string_view code) const { return std::string(to_string(check(code).status)); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(company_readiness)

BOOST_AUTO_TEST_CASE(the_checks_are_always_all_there_and_in_the_order_of_the_api) {
  const std::vector<std::string> codes = {
      "credentials_present", "credentials_accepted", "account_active",    "account_paid",
      "account_not_shared",  "number_present",       "number_in_account", "number_unique",
      "webhook_voice",       "webhook_sms",          "routing_usable",    "knowledge_present",
      "recording_enabled",   "signature_enforced",   "live_mode",         "health",
      "test_call",           "test_message"};
  for (const auto& acme : {checked_company{}, [] {
                             checked_company bare;
                             bare.profile.config = {};
                             bare.seen = {};
                             return bare;
                           }()}) {
    std::vector<std::string> found;
    for (const auto& check : acme.checks())
      found.emplace_back(check.code);
    BOOST_TEST(found == codes, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_company_with_everything_is_ready_without_a_warning) {
  const auto checks = checked_company{}.checks();
  BOOST_TEST(routing::is_ready(checks));
  BOOST_TEST(routing::count_not_ok(checks) == 0u);
  for (const auto& check : checks) {
    BOOST_TEST((check.status == routing::check_status::ok), check.code);
    BOOST_TEST((check.fix.empty() && check.fix_page.empty()));
  }
}

BOOST_AUTO_TEST_CASE(a_new_company_is_told_what_is_missing_and_how_to_mend_it) {
  checked_company acme;
  acme.profile.config = {};
  acme.seen = {};
  BOOST_TEST(!routing::is_ready(acme.checks()));
  BOOST_TEST(routing::count_not_ok(acme.checks()) == 4u); // credentials, number, routing, menu
  const auto number = acme.check("number_present");
  BOOST_TEST(to_string(number.status) == "failed");
  BOOST_TEST(number.title == "Phone number missing");
  BOOST_TEST(number.detail == "SMS and voice are disabled.");
  BOOST_TEST(number.fix == "Assign a number: POST /api/companies/co_0123456789ab/numbers");
  BOOST_TEST(number.fix_page == "/companies/co_0123456789ab/numbers");
  BOOST_TEST(acme.check("knowledge_present").title == "Menu missing");
  BOOST_TEST(acme.status("knowledge_present") == "warning");
}

BOOST_AUTO_TEST_CASE(what_nobody_has_asked_is_unknown_and_stands_in_nobodys_way) {
  checked_company acme;
  acme.seen = {};
  BOOST_TEST(routing::is_ready(acme.checks()));
  BOOST_TEST(routing::count_not_ok(acme.checks()) == 0u);
  for (const auto* code :
       {"credentials_accepted", "account_active", "account_paid", "account_not_shared", "number_in_account",
        "number_unique", "webhook_voice", "webhook_sms", "health", "test_call", "test_message"})
    BOOST_TEST(acme.status(code) == "unknown", code);
}

BOOST_AUTO_TEST_CASE(what_was_asked_and_refused_has_failed_or_warns) {
  checked_company acme;
  acme.seen = {false, false, false, false, false, false, false, false, false, false, false};
  for (const auto* code : {"credentials_accepted", "account_active", "number_in_account", "number_unique",
                           "webhook_voice", "webhook_sms", "health"})
    BOOST_TEST(acme.status(code) == "failed", code);
  for (const auto* code : {"account_paid", "account_not_shared", "test_call", "test_message"})
    BOOST_TEST(acme.status(code) == "warning", code);
  for (const auto& check : acme.checks())
    if (check.status != routing::check_status::ok)
      BOOST_TEST((!check.fix.empty() && !check.fix_page.empty() && check.fix.find("{id}") == std::string::npos),
                 check.code);
}

BOOST_AUTO_TEST_CASE(credentials_may_be_the_platforms_unless_the_company_has_half_of_its_own) {
  checked_company acme;
  acme.config().credentials = {};
  BOOST_TEST(acme.status("credentials_present") == "failed");
  acme.platform = true;
  BOOST_TEST(acme.status("credentials_present") == "ok");
  acme.config().credentials.account_sid = "AC" + digits32;
  BOOST_TEST(acme.status("credentials_present") == "failed");
}

BOOST_AUTO_TEST_CASE(a_legacy_number_is_a_number_and_an_inactive_one_is_none) {
  checked_company acme;
  acme.config().numbers[0].active = false;
  BOOST_TEST(acme.status("number_present") == "failed");
  acme.config().legacy_number = core::phone_number("+15005550006");
  BOOST_TEST(acme.status("number_present") == "ok");
}

BOOST_AUTO_TEST_CASE(each_setting_has_its_check) {
  checked_company acme;
  acme.config().agent.url.reset();
  BOOST_TEST(acme.status("routing_usable") == "failed");
  acme.chain({core::routing_mode::voicemail});
  BOOST_TEST(acme.status("routing_usable") == "ok");
  acme.config().recording_enabled = false;
  BOOST_TEST(acme.status("recording_enabled") == "warning");
  acme.config().signatures = core::signature_mode::shadow;
  BOOST_TEST(acme.status("signature_enforced") == "warning");
  acme.config().mock_mode = true;
  BOOST_TEST(acme.status("live_mode") == "warning");
  acme.config().agent.knowledge_base_id.reset();
  BOOST_TEST(acme.status("knowledge_present") == "warning");
  acme.profile.tenant.menu_url = "https://example.com/menu";
  BOOST_TEST(acme.status("knowledge_present") == "ok");
  BOOST_TEST(routing::is_ready(acme.checks()));
  BOOST_TEST(routing::count_not_ok(acme.checks()) == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
