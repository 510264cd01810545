#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

BOOST_FIXTURE_TEST_SUITE(webhook_handler, node_fixture)

BOOST_AUTO_TEST_CASE(the_actors_answer_is_the_answer) {
  const auto request = send(webhook("/api/twilio/voice", call()));
  BOOST_TEST(request->answers == 0);
  BOOST_REQUIRE(gateway.jobs.size() == 1);
  gateway.jobs[0].reply(core::webhook_answer{200, "text/xml; charset=utf-8", "<Response/>"});
  BOOST_TEST(request->status() == 200);
  BOOST_TEST(request->answer().content_type == "text/xml; charset=utf-8");
  BOOST_TEST(request->answer().body == "<Response/>");
}

BOOST_AUTO_TEST_CASE(every_route_hands_over_its_kind_and_step) {
  using enum core::webhook_kind;
  const std::string base = std::string("/hooks/") + hook;
  auto callback = call();
  callback.push_back({"RecordingSid", "RE0123456789abcdef0123456789abcdef"});
  callback.push_back({"RecordingStatus", "completed"});
  callback.push_back({"TranscriptionSid", "TR0123456789abcdef0123456789abcdef"});
  callback.push_back({"TranscriptionStatus", "completed"});
  struct expectation {
    std::string path;
    pairs params;
    core::webhook_kind kind;
    int step = -1;
  };
  const expectation cases[] = {
      {"/api/twilio/voice", call(), voice},
      {"/api/webhooks/voice", call(), voice},
      {"/api/twilio/sms", message(), sms},
      {"/api/webhooks/sms", message(), sms},
      {"/api/webhooks/whatsapp", message(), sms},
      {base + "/voice", call(), voice},
      {base + "/sms", message(), sms},
      {base + "/whatsapp", message(), sms},
      {base + "/fallback", call(), fallback},
      {base + "/status", call(), status},
      {base + "/whisper", call(), whisper},
      {base + "/relay", call(), relay},
      {base + "/recording", callback, recording},
      {base + "/transcription", callback, transcription},
      {base + "/dial/0", call(), dial, 0},
      {base + "/dial/2", call(), dial, 2},
  };
  for (const auto& each : cases) {
    const auto before = gateway.jobs.size();
    const auto request = send(webhook(each.path, each.params));
    BOOST_REQUIRE_MESSAGE(request->answers == 0, each.path << " was refused");
    BOOST_REQUIRE_MESSAGE(gateway.jobs.size() == before + 1, each.path);
    BOOST_TEST((gateway.jobs.back().key.kind == each.kind), each.path);
    BOOST_TEST((gateway.jobs.back().webhook.kind == each.kind), each.path);
    BOOST_TEST(gateway.jobs.back().key.step == each.step, each.path);
  }
}

BOOST_AUTO_TEST_CASE(a_step_that_is_no_number_is_a_path_that_is_not_there) {
  for (const auto* step : {"x", "-1", "+1", "1x", "100", "99999999999", "%31", " 1"}) {
    const auto request = send(webhook(std::string("/hooks/") + hook + "/dial/" + step, call()));
    BOOST_TEST(request->status() == 404, step);
    BOOST_TEST(request->code() == "not_found");
  }
}

BOOST_AUTO_TEST_CASE(more_than_the_node_may_have_in_hand_is_told_to_come_again) {
  ctx.settings.max_in_flight = 2;
  const auto first = send(webhook("/api/twilio/voice", call())), second = send(webhook("/api/twilio/voice", call()));
  const auto third = send(webhook("/api/twilio/voice", call()));
  BOOST_TEST(ctx.in_flight.load() == 2u);
  BOOST_TEST(third->status() == 503);
  BOOST_TEST(third->code() == "overloaded");
  BOOST_TEST(third->sent("Retry-After") == "1");
  BOOST_TEST(third->json()["retryAfterSeconds"].GetInt() == 1);
  for (auto& job : gateway.jobs)
    job.reply(core::webhook_answer{204, "", ""});
  BOOST_TEST(ctx.in_flight.load() == 0u);
  BOOST_TEST(first->status() == 204);
  BOOST_TEST(second->status() == 204);
  gateway.jobs.clear();
  const auto fourth = send(webhook("/api/twilio/voice", call()));
  BOOST_TEST(fourth->answers == 0); // in hand
}

BOOST_AUTO_TEST_CASE(a_webhook_whose_reply_is_dropped_is_answered_503) {
  const auto request = send(webhook("/api/twilio/voice", call()));
  gateway.jobs.clear(); // the actor died with it
  BOOST_TEST(request->status() == 503);
  BOOST_TEST(request->code() == "not_ready");
  BOOST_TEST(request->sent("Retry-After") == "1");
  BOOST_TEST(ctx.in_flight.load() == 0u);
}

BOOST_AUTO_TEST_CASE(a_webhook_that_could_not_be_stored_is_answered_503_and_only_once) {
  const auto request = send(webhook("/api/twilio/voice", call()));
  gateway.jobs[0].reply(core::fail(core::ec::database_unavailable));
  gateway.jobs[0].reply(core::webhook_answer{200, "", ""});
  BOOST_TEST(request->status() == 503);
  BOOST_TEST(request->answers == 1);
  BOOST_TEST(ctx.in_flight.load() == 0u);
}

BOOST_AUTO_TEST_CASE(a_refused_webhook_leaves_nothing_in_hand) {
  auto params = call();
  params[1].second = "ACffffffffffffffffffffffffffffffff";
  send(webhook("/api/twilio/voice", params));
  BOOST_TEST(ctx.in_flight.load() == 0u);
  BOOST_TEST(gateway.jobs.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
