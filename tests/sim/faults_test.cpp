#include "tests/sim/world_fixture.hpp"

using namespace trunkline;

BOOST_FIXTURE_TEST_SUITE(sim_faults, tests::world_fixture)

static std::string create_path() {
  return "/2010-04-01/Accounts/" + std::string(tests::world_fixture::ours.sid) + "/Messages.json";
}

static sim::request a_create() {
  return tests::world_fixture::asked("POST", create_path(), "To=%2B15551234567&From=%2B12125550101&Body=x");
}

BOOST_AUTO_TEST_CASE(a_status_is_answered_as_often_as_was_asked_and_nothing_is_processed) {
  control(
      "POST", "/sim/faults",
      R"({"match":{"method":"POST","path_contains":"/Messages.json"},"action":"status","status":429,"retry_after_s":2,"count":2})");
  BOOST_TEST(last.status == 201);
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(send_sms() == "20429");
    BOOST_TEST(last.status == 429);
    BOOST_TEST(last.headers.back().second == "2");
  }
  BOOST_TEST(world.data.messages.size() == 0U);
  BOOST_TEST(send_sms().starts_with("SM"));
}

BOOST_AUTO_TEST_CASE(a_5xx_may_have_been_processed) {
  control("POST", "/sim/faults", R"({"action":"status","status":502,"html":true,"processed":true,"count":1})");
  const auto got = raw(a_create());
  BOOST_TEST(got->answer.status == 502);
  BOOST_TEST(got->answer.content_type == "text/html; charset=utf-8");
  BOOST_TEST(world.data.messages.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_reset_before_leaves_nothing_and_a_reset_after_a_message) {
  control("POST", "/sim/faults",
          R"({"rules":[{"action":"reset_before","count":1},{"action":"reset_after","count":1}]})");
  BOOST_TEST((raw(a_create())->how == sim::delivery::reset));
  BOOST_TEST(world.data.messages.size() == 0U);
  BOOST_TEST((raw(a_create())->how == sim::delivery::reset));
  BOOST_TEST(world.data.messages.size() == 1U);
  BOOST_TEST((raw(a_create())->how == sim::delivery::whole));
}

BOOST_AUTO_TEST_CASE(a_delay_holds_the_request_before_or_the_answer_after_processing) {
  control("POST", "/sim/faults", R"({"delay_ms":100,"answer_delay_ms":200,"count":1})");
  std::optional<sim::outcome> got;
  sim::handle(world, a_create(), [&](sim::outcome o) { got = std::move(o); });
  out.pass(99);
  BOOST_TEST(world.data.messages.size() == 0U);
  out.pass(1);
  BOOST_TEST(world.data.messages.size() == 1U);
  BOOST_TEST(!got);
  out.pass(200);
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(got->answer.status == 201);
}

BOOST_AUTO_TEST_CASE(a_rule_strikes_only_where_it_matches) {
  control("POST", "/sim/faults",
          R"({"match":{"account":"ACde300000000000000000000000000102"},"action":"status","status":500})");
  BOOST_TEST(send_sms().starts_with("SM"));
  control("POST", "/sim/faults",
          R"({"match":{"method":"GET","path_prefix":"/2010-04-01/"},"action":"status","status":500})");
  BOOST_TEST(send_sms().starts_with("SM"));
  BOOST_TEST(ask("GET", "/Messages.json").last.status == 500);
  control("DELETE", "/sim/faults");
  BOOST_TEST(ask("GET", "/Messages.json").last.status == 200);
}

BOOST_AUTO_TEST_CASE(a_probability_strikes_about_that_often) {
  control("POST", "/sim/faults", R"({"action":"status","status":503,"probability":0.3})");
  int struck = 0;
  for (int i = 0; i < 1000; ++i)
    struck += ask("GET", ".json").last.status == 503;
  BOOST_TEST(struck > 250);
  BOOST_TEST(struck < 350);
}

BOOST_AUTO_TEST_CASE(a_lagging_list_hides_what_is_young_but_a_fetch_finds_it) {
  control("POST", "/sim/faults", R"({"action":"list_lag","list_lag_ms":5000,"match":{"path_contains":"/Messages"}})");
  const auto sid = send_sms();
  BOOST_TEST(ask("GET", "/Messages.json").json["messages"].Size() == 0U);
  BOOST_TEST(ask("GET", "/Messages/" + sid + ".json").last.status == 200);
  out.pass(5000);
  BOOST_TEST(ask("GET", "/Messages.json").json["messages"].Size() == 1U);
}

BOOST_AUTO_TEST_CASE(callbacks_are_dropped_doubled_and_overtaken) {
  const auto callbacks = [&](const char* rule) {
    control("DELETE", "/sim/faults");
    control("POST", "/sim/faults", rule);
    BOOST_TEST(last.status == 201);
    out.sent.clear();
    send_sms("%2B15551234567", "&StatusCallback=http://127.0.0.1:8080/hooks/k/status");
    out.pass(5000);
    std::string seen;
    for (const auto& call : out.sent)
      seen += std::string(twilio::form::parse(call.body)->get("MessageStatus")) + " ";
    return seen;
  };
  BOOST_TEST(callbacks(R"({"match":{"on":"callback"},"action":"drop","count":1})") == "delivered ");
  BOOST_TEST(callbacks(R"({"match":{"on":"callback"},"action":"duplicate","count":1})") == "sent sent delivered ");
  BOOST_TEST(callbacks(R"({"match":{"on":"callback"},"delay_ms":1000,"count":1})") == "delivered sent ");
}

BOOST_AUTO_TEST_CASE(a_rule_that_makes_no_sense_is_refused_with_a_reason) {
  for (const char* rule :
       {R"({"action":"explode"})", R"({"action":"drop"})", R"({"delay_ms":-1})", R"({"probability":2})",
        R"({"match":{"on":"moon"}})", R"({"match":{"on":"callback"},"action":"truncate"})", "[]", "{"}) {
    control("POST", "/sim/faults", rule);
    BOOST_TEST(last.status == 400);
    BOOST_TEST(!text("error").empty());
  }
  BOOST_TEST(control("GET", "/sim/faults").json["rules"].Size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
