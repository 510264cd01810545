#include "tests/sim/world_fixture.hpp"
#include "twilio/signature.hpp"

using namespace trunkline;

BOOST_FIXTURE_TEST_SUITE(sim_webhooks, tests::world_fixture)

static std::string header(const sim::http_call& call, std::string_view name) {
  for (const auto& [n, value] : call.headers)
    if (n == name)
      return value;
  return {};
}

static bool rightly_signed(const sim::http_call& call, const char* url) {
  const auto form = twilio::form::parse(call.body);
  const core::secret token{std::string(tests::world_fixture::ours.auth_token)};
  return header(call, "X-Twilio-Signature") == twilio::sign(token, url, form->fields());
}

BOOST_AUTO_TEST_CASE(a_call_asks_the_common_route_signed_with_the_owners_token) {
  out.answer.status = 200;
  out.answer.body = "<Response/>";
  control("POST", "/sim/webhooks/voice", R"({"to":"+12125550101","from":"+15551234567"})");
  BOOST_TEST(text("status") == "200");
  BOOST_TEST(text("body") == "<Response/>");
  BOOST_REQUIRE(out.sent.size() == 1U);
  BOOST_TEST(out.sent[0].target.path == "/api/twilio/voice");
  BOOST_TEST(rightly_signed(out.sent[0], "http://127.0.0.1:8080/api/twilio/voice"));
  const auto form = twilio::form::parse(out.sent[0].body);
  BOOST_TEST(form->get("CallSid") == text("callSid"));
  BOOST_TEST(form->get("Direction") == "inbound");
  BOOST_TEST(form->get("CallStatus") == "ringing");
  BOOST_TEST(form->get("AccountSid") == ours.sid);
  ask("GET", "/Calls.json");
  BOOST_TEST(json["calls"][0]["status"].GetString() == "in-progress");
}

BOOST_AUTO_TEST_CASE(a_numbers_own_url_is_reached_over_loopback_and_signed_as_the_public_one) {
  world.address.public_url = "https://gw.example.com";
  world.data.owner_of("+12125550101")->sms_url = "https://gw.example.com/hooks/k7/sms#rc=2";
  control("POST", "/sim/webhooks/sms", R"({"to":"+12125550101","body":"olá"})");
  BOOST_REQUIRE(out.sent.size() == 1U);
  BOOST_TEST(out.sent[0].target.port == 8080);
  BOOST_TEST(out.sent[0].target.path == "/hooks/k7/sms");
  BOOST_TEST(rightly_signed(out.sent[0], "https://gw.example.com/hooks/k7/sms"));
}

BOOST_AUTO_TEST_CASE(a_get_webhook_carries_and_signs_its_parameters_in_the_query) {
  control(
      "POST", "/sim/webhooks/raw",
      R"({"account":"ACde300000000000000000000000000101","url":"http://127.0.0.1:9/x?a=1","method":"GET","params":{"b":"2 3"}})");
  BOOST_REQUIRE(out.sent.size() == 1U);
  BOOST_TEST(out.sent[0].target.path == "/x?a=1&b=2+3");
  BOOST_TEST(out.sent[0].body.empty());
  BOOST_TEST(header(out.sent[0], "X-Twilio-Signature") ==
             twilio::sign(core::secret{std::string(ours.auth_token)}, "http://127.0.0.1:9/x?a=1&b=2+3"));
}

BOOST_AUTO_TEST_CASE(parameters_and_signature_can_be_replaced) {
  control("POST", "/sim/webhooks/sms",
          R"({"to":"+12125550101","params":{"AccountSid":"ACx","Extra":"1","Body":null},"signature":"forged"})");
  const auto form = twilio::form::parse(out.sent[0].body);
  BOOST_TEST(form->get("AccountSid") == "ACx");
  BOOST_TEST(form->get("Extra") == "1");
  BOOST_TEST(!form->has("Body"));
  BOOST_TEST(header(out.sent[0], "X-Twilio-Signature") == "forged");
}

BOOST_AUTO_TEST_CASE(the_same_event_can_be_delivered_again) {
  control("POST", "/sim/webhooks/voice", R"({"to":"+12125550101"})");
  const auto sid = text("callSid");
  control("POST", "/sim/webhooks/voice", R"({"to":"+12125550101","sid":")" + sid + "\"}");
  BOOST_TEST(twilio::form::parse(out.sent[1].body)->get("CallSid") == sid);
  BOOST_TEST(world.data.calls.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_gateway_that_does_not_answer_is_a_502_and_stands_in_the_ledger) {
  out.answer = {0, {}, {}, "cannot connect"};
  BOOST_TEST(control("POST", "/sim/webhooks/voice", R"({"to":"+12125550101"})").last.status == 502);
  control("GET", "/sim/ledger?kind=webhook");
  BOOST_TEST(json["entries"][0]["detail"]["error"].GetString() == "cannot connect");
}

BOOST_AUTO_TEST_CASE(only_this_machine_is_called) {
  const sim::gateway_address known{"http://127.0.0.1:8080/", "https://gw.example.com"};
  for (const char* url : {"https://127.0.0.1/x", "http://example.com/", "http://127.0.0.1.example.com/",
                          "http://127.0.0.1:0/", "http://127.0.0.1:70000/", "http://10.0.0.1/", "ftp://127.0.0.1/", "",
                          "http://127.0.0.1/a b", "https://gw.example.com.evil/"})
    BOOST_TEST(!sim::resolve_target(url, known).has_value(), url);
  const auto query = sim::resolve_target("http://[::1]:9000?x=1", known);
  BOOST_REQUIRE(query.has_value());
  BOOST_TEST(query->host == "[::1]");
  BOOST_TEST(query->port == 9000);
  BOOST_TEST(query->path == "/?x=1");
  BOOST_TEST(sim::resolve_target("http://127.0.0.1:8080/a", known)->signed_url == "https://gw.example.com/a");
}

BOOST_AUTO_TEST_SUITE_END()
