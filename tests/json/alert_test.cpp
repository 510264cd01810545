#include "json/alert.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

namespace {

std::string written(const core::alert& alert) {
  json::writer out;
  json::write_alert(out, alert);
  return out.take();
}

core::alert open_alert() {
  core::alert alert;
  alert.id.value = "al_01jd8x";
  alert.key = {core::alert_code::dependency_health_critical, core::tenant_id("co_01jd8w3k2v"), "twilio"};
  alert.title = "Twilio is DOWN for Acme Corporation";
  alert.detail = "Twilio authentication failed";
  alert.fix = "Update the Auth Token";
  alert.occurrences = 7;
  alert.opened_at.ms = 1'763'661'845'123;
  alert.last_seen_at.ms = 1'763'661'846'000;
  return alert;
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_alert)

BOOST_AUTO_TEST_CASE(is_written_as_the_contract_has_it) {
  BOOST_TEST(written(open_alert()) ==
             R"({"id":"al_01jd8x","code":"DEPENDENCY_HEALTH_CRITICAL","severity":"critical","state":"open",)"
             R"("companyId":"co_01jd8w3k2v","title":"Twilio is DOWN for Acme Corporation",)"
             R"("detail":"Twilio authentication failed","fix":"Update the Auth Token","occurrences":7,)"
             R"("openedAt":"2025-11-20T18:04:05.123Z","lastSeenAt":"2025-11-20T18:04:06.000Z",)"
             R"("acknowledgedAt":null,"acknowledgedBy":null,"resolvedAt":null})");
}

BOOST_AUTO_TEST_CASE(of_the_platform_has_no_company_and_says_who_acknowledged_it) {
  auto alert = open_alert();
  alert.key.company = {};
  alert.severity = core::alert_severity::warning;
  alert.state = core::alert_state::acknowledged;
  alert.acknowledged_at = core::timestamp{0};
  alert.acknowledged_by = "ana";
  const auto text = written(alert);
  for (const auto* part : {R"("companyId":null)", R"("severity":"warning")", R"("state":"acknowledged")",
                           R"("acknowledgedAt":"1970-01-01T00:00:00.000Z","acknowledgedBy":"ana")"})
    BOOST_TEST(text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(has_names_that_can_be_read_back) {
  for (const auto* name :
       {"DEPENDENCY_HEALTH_CRITICAL", "COMPANY_QUARANTINED", "SIGNATURE_REJECTED", "NEXT_TOKEN_MATCHED", "NUMBER_DRIFT",
        "VOICE_FALLBACK", "CAMPAIGN_PAUSED", "SPEND_CAP_REACHED", "NODE_LOST"})
    BOOST_TEST(core::to_string(core::parse_alert_code(name).value()) == name);
  for (const auto* name : {"open", "acknowledged", "resolved"})
    BOOST_TEST(core::to_string(core::parse_alert_state(name).value()) == name);
  for (const auto* name : {"warning", "critical"})
    BOOST_TEST(core::to_string(core::parse_alert_severity(name).value()) == name);
  BOOST_TEST(!core::parse_alert_code("dependency_health_critical").has_value());
  BOOST_TEST(!core::parse_alert_state("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
