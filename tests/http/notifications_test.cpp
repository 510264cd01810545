#include "health/causes.hpp"
#include "http/shapes/health.hpp"
#include "json/writer.hpp"
#include "tests/http/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

namespace {

constexpr auto health_path = "/api/admin/notifications/dependency-health";
constexpr auto alerts_path = "/api/admin/notifications/alerts";

/// As the example of API.md 10, with one of each other kind.
health::report a_report() {
  health::report_builder out;
  health::dependency twilio;
  twilio.kind = health::dependency_kind::twilio;
  twilio.company.value = "co_01jd8w3k2v";
  twilio.status = health::status::down;
  twilio.latency_ms = 120;
  twilio.message = "Twilio authentication failed";
  twilio.checked_at = core::timestamp{1'763'661'845'123};
  twilio.credential_source = "company:Acme Corporation";
  out.add(twilio);
  health::dependency database;
  database.status = health::status::healthy;
  database.latency_ms = 2;
  database.message = "OK";
  database.checked_at = core::timestamp{1'763'661'845'124};
  database.place = "sqlite";
  out.add(database);
  out.add(health::vapi_not_configured());
  return out.finish({1'763'661'845'124});
}

struct notifying : node_fixture {
  notifying() {
    gateway.report = a_report();
    gateway.alert.id.value = "al_01jd8x";
    gateway.alert.opened_at = gateway.alert.last_seen_at = clock.now();
  }
  int run(const std::string& body, pairs headers = {{"Content-Type", "application/json"}}) {
    return ask("POST", std::string(health_path) + "/run", body, std::move(headers))->status();
  }
  const std::string company = "co_01jd8w3k2v";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dependency_health, notifying)

BOOST_AUTO_TEST_CASE(is_written_as_the_contract_has_it) {
  const auto request = ask("GET", health_path);
  BOOST_TEST(request->status() == 200);
  BOOST_TEST(request->answer().body ==
             R"({"status":"DOWN","checkedAt":"2025-11-20T18:04:05.124Z",)"
             R"("counts":{"HEALTHY":1,"DEGRADED":0,"DOWN":1,"NOT_CONFIGURED":1},"truncated":false,"dependencies":[)"
             R"({"name":"twilio","companyId":"co_01jd8w3k2v","status":"DOWN","critical":true,"latencyMs":120,)"
             R"("message":"Twilio authentication failed","action":"Fix credentials or Twilio account",)"
             R"("checkedAt":"2025-11-20T18:04:05.123Z",)"
             R"("details":{"credentialSource":"company:Acme Corporation","accountStatus":null}},)"
             R"({"name":"database","companyId":null,"status":"HEALTHY","critical":false,"latencyMs":2,"message":"OK",)"
             R"("action":"None","checkedAt":"2025-11-20T18:04:05.124Z","details":{"dialect":"sqlite"}},)"
             R"({"name":"vapi","companyId":null,"status":"NOT_CONFIGURED","critical":false,"latencyMs":null,)"
             R"("message":"Vapi not configured","action":"Configure if needed","checkedAt":null,"details":{}}]})");
}

BOOST_AUTO_TEST_CASE(can_be_asked_of_one_company_that_exists) {
  BOOST_TEST(ask("GET", health_path + std::string("?companyId=") + company)->status() == 200);
  BOOST_TEST((gateway.asked_health == std::vector{core::tenant_id(company)}));
  const auto unknown = ask("GET", health_path + std::string("?companyId=co_nobody00"));
  BOOST_TEST(unknown->status() == 404);
  BOOST_TEST(unknown->code() == "company_not_found");
  BOOST_TEST(ask("GET", health_path + std::string("?company=x"))->status() == 400);
  BOOST_TEST(ask("GET", health_path + std::string("?companyId=%FF"))->status() == 400);
}

BOOST_AUTO_TEST_CASE(is_run_for_everything_or_for_one_company) {
  BOOST_TEST(run("", {}) == 200);
  BOOST_TEST(run("{}") == 200);
  BOOST_TEST(run(R"({"companyId":null})") == 200);
  BOOST_TEST(run(R"({"companyId":")" + company + R"("})") == 200);
  const core::tenant_id all;
  BOOST_TEST((gateway.asked_runs == std::vector{all, all, all, core::tenant_id(company)}));
  BOOST_TEST(gateway.asked_health.empty());
}

BOOST_AUTO_TEST_CASE(is_not_run_for_what_is_not_understood) {
  BOOST_TEST(run(R"({"companyId":7})") == 400);
  BOOST_TEST(run(R"({"companyId":""})") == 400);
  BOOST_TEST(run(R"({"company":"x"})") == 400);
  BOOST_TEST(run("[]") == 400);
  BOOST_TEST(run("{") == 400);
  BOOST_TEST(run("{}", {}) == 415);
  BOOST_TEST(run(R"({"companyId":"co_nobody00"})") == 404);
  BOOST_TEST(gateway.asked_runs.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(alerts_of_the_api, notifying)

BOOST_AUTO_TEST_CASE(are_listed_and_filtered) {
  const auto list = ask("GET", alerts_path + std::string("?state=open&code=NODE_LOST&companyId=co_x&limit=7"));
  BOOST_TEST(list->status() == 200);
  BOOST_TEST(list->json()["data"][0]["id"].GetString() == "al_01jd8x");
  BOOST_TEST(list->json()["nextCursor"].IsString());
  BOOST_CHECK(gateway.asked_alerts->state == core::alert_state::open);
  BOOST_CHECK(gateway.asked_alerts->code == core::alert_code::node_lost);
  BOOST_TEST(gateway.asked_alerts->company.value == "co_x");
  BOOST_TEST(gateway.asked_page->limit == 7u);
  ask("GET", alerts_path);
  BOOST_TEST(!gateway.asked_alerts->state.has_value());
  BOOST_TEST(!gateway.asked_alerts->code.has_value());
  for (const auto* bad : {"?state=closed", "?code=NONE", "?state=open&state=open", "?limit=0", "?color=red"})
    BOOST_TEST(ask("GET", alerts_path + std::string(bad))->status() == 400, bad);
}

BOOST_AUTO_TEST_CASE(of_a_company_are_its_own_alone) {
  const auto viewer = gateway.add_key(core::role::company_viewer, core::tenant_id(company));
  BOOST_TEST(ask_as(viewer, "GET", "/api/companies/" + company + "/alerts")->status() == 200);
  BOOST_TEST(gateway.asked_alerts->company.value == company);
  BOOST_TEST(ask_as(viewer, "GET", "/api/companies/co_nobody00/alerts")->status() == 404);
  BOOST_TEST(ask("GET", "/api/companies/co_nobody00/alerts")->status() == 404);
  BOOST_TEST(ask("GET", "/api/companies/" + company + "/alerts?companyId=x")->status() == 400);
  BOOST_TEST(ask_as(viewer, "GET", alerts_path)->status() == 403);
  BOOST_TEST(ask_as(viewer, "GET", health_path)->status() == 403);
}

BOOST_AUTO_TEST_CASE(are_acknowledged_by_whoever_asks) {
  const std::string path = alerts_path + std::string("/al_01jd8x/acknowledge");
  const auto seen = ask("POST", path);
  BOOST_TEST(seen->status() == 200);
  BOOST_TEST(seen->json()["state"].GetString() == "acknowledged");
  BOOST_CHECK(gateway.last_author.who.role == core::role::platform_admin);
  BOOST_TEST(!gateway.last_author.who.id.empty());
  gateway.alert.state = core::alert_state::resolved;
  const auto late = ask("POST", path);
  BOOST_TEST(late->status() == 409);
  BOOST_TEST(late->code() == "invalid_state");
  BOOST_TEST(ask("POST", alerts_path + std::string("/al_nobody0/acknowledge"))->status() == 404);
  const auto viewer = gateway.add_key(core::role::company_admin, core::tenant_id(company));
  BOOST_TEST(ask_as(viewer, "POST", path)->status() == 403);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A door before which everything is heard that it tells the notification centre.
struct door_with_a_bell : node_fixture {
  door_with_a_bell() {
    gateway.bell().answered_by([this](const actors::alarm_bell::alarm& alarm) {
      const auto& cause = std::get<actors::cause_seen>(alarm).cause;
      heard.push_back(fmt::format("{} {} x {}", to_string(cause.key.code), cause.key.company, cause.times));
    });
  }
  std::shared_ptr<fake_exchange> forged() {
    auto request = webhook("/api/twilio/voice", call());
    request->with("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="); // two of them: neither is believed
    return send(request);
  }
  std::vector<std::string> heard;
  const std::string refused = "SIGNATURE_REJECTED co_01jd8w3k2v x ";
};

using words = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_door_rings, door_with_a_bell)

BOOST_AUTO_TEST_CASE(for_refused_webhooks_once_a_minute_with_their_number) {
  for (int i = 0; i < 50; ++i)
    BOOST_TEST(forged()->status() == 403);
  BOOST_TEST(heard == words{refused + "1"}, boost::test_tools::per_element());
  clock.pass_ms(60'000);
  forged();
  BOOST_TEST(heard == (words{refused + "1", refused + "50"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_sooner_although_the_configuration_has_changed_meanwhile) {
  forged();
  gateway.set_signatures(core::signature_mode::shadow);
  forged();
  BOOST_TEST(heard == words{refused + "1"}, boost::test_tools::per_element());
  BOOST_TEST(gateway.jobs.size() == 1u); // shadow takes it
}

BOOST_AUTO_TEST_CASE(not_for_webhooks_of_nobody_nor_for_good_ones) {
  send(webhook("/api/twilio/voice", call()));
  auto unknown = call();
  unknown[3].second = "+12125559999";
  BOOST_TEST(send(webhook("/api/twilio/voice", unknown))->status() == 404);
  BOOST_TEST(send(webhook("/hooks/0123456789abcdefghijklmnop/voice", call()))->status() == 403);
  BOOST_TEST(heard == words{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(for_a_webhook_that_only_the_next_token_signed_and_takes_it) {
  gateway.set_tokens("the current token", auth_token); // Twilio signs with the next one
  send(webhook("/api/twilio/voice", call()));
  send(webhook("/api/twilio/voice", call()));
  BOOST_TEST(gateway.jobs.size() == 2u);
  BOOST_TEST(heard == words{"NEXT_TOKEN_MATCHED co_01jd8w3k2v x 1"}, boost::test_tools::per_element());
  gateway.set_tokens(auth_token, "the next token");
  send(webhook("/api/twilio/voice", call()));
  BOOST_TEST(gateway.jobs.size() == 3u);
  BOOST_TEST(heard.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
