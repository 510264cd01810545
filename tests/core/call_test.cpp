#include "core/call.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace trunkline::tests {

using namespace core;

namespace {

call_facts fact(std::string status, int64_t at) {
  call_facts out;
  out.call_sid = "CA1";
  out.status = std::move(status);
  (out.status == "in-progress" ? out.answered_at : out.started_at) = timestamp{at};
  return out;
}

/// What the webhooks of one forwarded call tell, each for itself.
std::vector<call_facts> facts_of_a_call() {
  auto incoming = fact("ringing", 1000);
  incoming.direction = "inbound";
  incoming.from = "+15005550001";
  incoming.to = "+15005550006";
  incoming.route_configured = "forward";
  incoming.steps[0] = route_step{"forward", "taken", "", {1000}}.encode();
  auto no_answer = fact("in-progress", 1500);
  no_answer.steps[0] = route_step{"forward", "failed", "no-answer", {1000}}.encode();
  no_answer.steps[1] = route_step{"voicemail", "taken", "", {9000}}.encode();
  auto recording = call_facts{};
  recording.call_sid = "CA1";
  recording.recording = call_recording{"RE1", "in-progress", std::nullopt, "https://api.twilio.com/x|y"}.encode();
  auto recorded = recording;
  recorded.recording = call_recording{"RE1", "completed", 31, "https://api.twilio.com/x|y"}.encode();
  auto transcribed = call_facts{};
  transcribed.transcription = call_transcription{"completed", "Call me | back"}.encode();
  auto completed = fact("completed", 1200);
  completed.ended_at = timestamp{43000};
  completed.duration_seconds = 42;
  auto busy = fact("busy", 1100);
  busy.ended_at = timestamp{41000};
  busy.duration_seconds = 40;
  return {incoming, no_answer, recording, recorded, transcribed, completed, fact("queued", 900), busy};
}

call_facts merged(const std::vector<call_facts>& facts) {
  call_facts out;
  for (const auto& each : facts)
    out = merge(std::move(out), each);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(call_archive)

BOOST_AUTO_TEST_CASE(all_facts_of_a_call_make_one_record) {
  const auto call = merged(facts_of_a_call());
  BOOST_TEST(call.status == "completed");
  BOOST_TEST(call.direction == "inbound");
  BOOST_TEST(call.from == "+15005550001");
  BOOST_TEST(call.started_at->ms == 900);
  BOOST_TEST(call.answered_at->ms == 1500);
  BOOST_TEST(call.ended_at->ms == 43000);
  BOOST_TEST(*call.duration_seconds == 42);
  BOOST_TEST(route_step::decode(call.steps[0])->result == "failed");
  BOOST_TEST(route_step::decode(call.steps[1])->mode == "voicemail");
  BOOST_TEST(call_recording::decode(call.recording)->status == "completed");
  BOOST_TEST(call_transcription::decode(call.transcription)->text == "Call me | back");
}

BOOST_AUTO_TEST_CASE(facts_shuffled_and_doubled_give_the_same_record) {
  const auto expected = merged(facts_of_a_call());
  auto facts = facts_of_a_call();
  const auto once = facts;
  facts.insert(facts.end(), once.begin(), once.end());
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::shuffle(facts.begin(), facts.end(), random);
    BOOST_TEST((merged(facts) == expected));
  }
}

BOOST_AUTO_TEST_CASE(records_merged_in_any_grouping_are_the_same) {
  const auto facts = facts_of_a_call();
  const auto expected = merged(facts);
  for (size_t cut = 0; cut <= facts.size(); ++cut) {
    const auto left = merged({facts.begin(), facts.begin() + static_cast<std::ptrdiff_t>(cut)});
    const auto right = merged({facts.begin() + static_cast<std::ptrdiff_t>(cut), facts.end()});
    BOOST_TEST((merge(left, right) == expected));
    BOOST_TEST((merge(right, left) == expected));
  }
}

BOOST_AUTO_TEST_CASE(a_repeated_report_changes_nothing) {
  const auto call = merged(facts_of_a_call());
  BOOST_TEST((merge(call, call) == call));
}

BOOST_AUTO_TEST_CASE(a_late_report_never_moves_a_status_backwards) {
  const auto order = {"queued", "initiated", "ringing", "in-progress", "completed"};
  for (const std::string early : order)
    for (const std::string late : order)
      BOOST_TEST(merge(fact(early, 1), fact(late, 1)).status ==
                 (call_status_rank(early) > call_status_rank(late) ? early : late));
  BOOST_TEST(merge(fact("completed", 1), fact("nonsense", 1)).status == "completed");
  BOOST_TEST(merge(fact("nonsense", 1), fact("queued", 1)).status == "queued");
}

BOOST_AUTO_TEST_CASE(what_is_encoded_is_decoded_to_the_same) {
  const route_step step = {"ai-agent", "skipped", "agent_not_configured", {1234}};
  BOOST_TEST((route_step::decode(step.encode()) == step));
  const call_recording recording = {"RE1", "completed", 31, "https://x/?a=1|b"};
  BOOST_TEST((call_recording::decode(recording.encode()) == recording));
  const call_recording started = {"RE1", "in-progress", std::nullopt, ""};
  BOOST_TEST((call_recording::decode(started.encode()) == started));
  const call_transcription failed = {"failed", ""};
  BOOST_TEST((call_transcription::decode(failed.encode()) == failed));
  BOOST_TEST(!route_step::decode("").has_value());
  BOOST_TEST(!call_recording::decode("").has_value());
  BOOST_TEST(!call_transcription::decode("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
