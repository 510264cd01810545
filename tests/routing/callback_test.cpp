#include "tests/routing/company.hpp"
#include "tests/support/json_file.hpp"

using namespace trunkline;
using namespace trunkline::tests;

namespace {

constexpr core::timestamp at_0953{1'521'971'599'000}; // Sun, 25 Mar 2018 09:53:19 +0000
const pairs stamped = {{"Timestamp", "Sun, 25 Mar 2018 09:53:19 +0000"}};

core::webhook_event call_status(const std::string& status, pairs more = {}) {
  more.emplace_back("CallStatus", status);
  return company{}.told(webhook_kind::status, company::call_params(more));
}

core::webhook_event message_status(const std::string& status, pairs more = {}) {
  more.emplace_back("MessageStatus", status);
  return company{}.told(webhook_kind::status, company::message_params(more));
}

core::webhook_event recording(const pairs& more) {
  return company{}.told(webhook_kind::recording, company::changed({{"AccountSid", "AC" + digits32},
                                                                   {"CallSid", "CA" + digits32},
                                                                   {"RecordingSid", "RE" + digits32},
                                                                   {"RecordingUrl", "https://api.example.com/RE1"},
                                                                   {"RecordingDuration", "31"}},
                                                                  more));
}

core::webhook_event transcription(const std::string& text, const std::string& status = "completed") {
  return company{}.told(webhook_kind::transcription, company::call_params({{"TranscriptionSid", "TR" + digits32},
                                                                           {"TranscriptionStatus", status},
                                                                           {"TranscriptionText", text}}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(callbacks)

BOOST_AUTO_TEST_CASE(a_callback_is_answered_with_nothing) {
  for (const auto& event : {call_status("ringing"), message_status("sent"), recording({{"RecordingStatus", "absent"}}),
                            transcription("hi")})
    BOOST_TEST((event.answer == core::webhook_answer{204, "", ""}));
}

BOOST_AUTO_TEST_CASE(an_answered_call_is_known_to_be_answered_at_twilios_time) {
  const auto event = call_status("in-progress", stamped);
  BOOST_REQUIRE(event.call);
  BOOST_TEST(event.call->status == "in-progress");
  BOOST_TEST((event.call->answered_at == at_0953));
  BOOST_TEST((event.call->started_at == at_0953));
  BOOST_TEST(!event.call->ended_at);
}

BOOST_AUTO_TEST_CASE(a_completed_call_tells_when_it_was_answered_by_its_duration) {
  auto more = stamped;
  more.emplace_back("CallDuration", "49");
  const auto facts = *call_status("completed", more).call;
  BOOST_TEST((facts.ended_at == at_0953));
  BOOST_TEST(*facts.duration_seconds == 49);
  BOOST_TEST((facts.answered_at == core::timestamp{at_0953.ms - 49'000}));
  BOOST_TEST((facts.started_at == facts.answered_at));
}

BOOST_AUTO_TEST_CASE(a_call_that_nobody_took_was_never_answered) {
  for (const auto* status : {"busy", "no-answer", "failed", "canceled"}) {
    const auto facts = *call_status(status, {{"CallDuration", "0"}}).call;
    BOOST_TEST(facts.status == status);
    BOOST_TEST((facts.ended_at == noon)); // no Timestamp: when we heard of it
    BOOST_TEST(!facts.answered_at);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_status_or_nonsense_in_a_number_changes_nothing) {
  BOOST_TEST(call_status("levitating").call->status == "");
  BOOST_TEST(!call_status("levitating").call->ended_at);
  for (const auto* seconds : {"", "-1", "1e9", "9999999999", "ten"})
    BOOST_TEST(!call_status("completed", {{"CallDuration", seconds}}).call->duration_seconds);
  BOOST_TEST((call_status("completed", {{"Timestamp", "yesterday"}}).call->ended_at == noon));
}

BOOST_AUTO_TEST_CASE(the_leg_to_a_callee_is_no_call_of_its_own) {
  BOOST_TEST(!call_status("completed", {{"ParentCallSid", "CAfedcba9876543210fedcba9876543210"}}).call);
}

BOOST_AUTO_TEST_CASE(a_delivery_report_names_its_message_and_its_error) {
  const auto event = message_status("failed", {{"ErrorCode", "30007"}});
  BOOST_REQUIRE(event.message_status);
  BOOST_TEST(event.message_status->twilio_sid == "SM" + digits32);
  BOOST_TEST(event.message_status->status == "failed");
  BOOST_TEST(*event.message_status->error_code == 30007);
  BOOST_TEST((event.message_status->at == noon));
  BOOST_TEST((!event.call && !event.message));
}

BOOST_AUTO_TEST_CASE(only_twilios_own_delivery_statuses_move_a_message) {
  for (const auto* status : {"queued", "sending", "sent", "delivered", "undelivered", "canceled", "read"})
    BOOST_TEST(message_status(status).message_status->status == status);
  for (const auto* status : {"accepted", "scheduled"})
    BOOST_TEST(message_status(status).message_status->status == "queued");
  // "unknown" and "received" are words of ours that no report may set
  for (const auto* status : {"deliverd", "unknown", "received", "DELIVERED"})
    BOOST_TEST(!message_status(status).message_status);
  for (const auto* code : {"", "0", "-30007", "3e4", "1000000"})
    BOOST_TEST(!message_status("failed", {{"ErrorCode", code}}).message_status->error_code);
}

BOOST_AUTO_TEST_CASE(a_finished_recording_is_kept_with_its_source) {
  const auto event = recording({{"RecordingStatus", "completed"}, {"RecordingStartTime", stamped[0].second}});
  const auto kept = core::call_recording::decode(event.call->recording);
  BOOST_REQUIRE(kept);
  BOOST_TEST((*kept == core::call_recording{"RE" + digits32, "completed", 31, "https://api.example.com/RE1"}));
  BOOST_TEST(event.call->call_sid == "CA" + digits32);
  BOOST_TEST((event.call->started_at == at_0953));
}

BOOST_AUTO_TEST_CASE(a_recording_with_a_strange_status_or_address_is_not_trusted) {
  BOOST_TEST(recording({{"RecordingStatus", "evaporated"}}).call->recording == "");
  for (const std::string url : {"file:///etc/passwd", "javascript:alert(1)", ""})
    BOOST_TEST(core::call_recording::decode(
                   recording({{"RecordingStatus", "completed"}, {"RecordingUrl", url}}).call->recording)
                   ->source_url == "");
  const auto odd = recording({{"RecordingStatus", "completed"}, {"RecordingDuration", "-1"}});
  BOOST_TEST(!core::call_recording::decode(odd.call->recording)->duration_seconds);
}

BOOST_AUTO_TEST_CASE(a_transcription_is_kept_as_clean_text_of_bounded_size) {
  const auto text = [](const core::webhook_event& event) {
    return core::call_transcription::decode(event.call->transcription)->text;
  };
  BOOST_TEST(text(transcription("Please | call\nme back.")) == "Please | call\nme back.");
  BOOST_TEST(text(transcription("caf\xE9")) == "caf\xEF\xBF\xBD");
  const auto long_text = text(transcription(std::string(32'000, '\xFF'))); // three bytes each when made clean
  BOOST_TEST(long_text.size() == 64 * 1024 / 3 * 3);
  BOOST_TEST(core::call_transcription::decode(transcription("", "failed").call->transcription)->status == "failed");
  BOOST_TEST(transcription("x", "pending").call->transcription == "");
}

BOOST_AUTO_TEST_CASE(a_call_told_in_any_order_and_twice_is_one_and_the_same_record) {
  company acme;
  acme.chain({core::routing_mode::forward, core::routing_mode::voicemail}).forwards_to("+15005550009");
  std::vector<core::call_facts> facts = {
      *acme.called().call,
      *acme.dial_ended(0, {{"DialCallStatus", "busy"}}).call,
      *acme.dial_ended(1, {{"RecordingSid", "RE" + digits32}}).call,
      *recording({{"RecordingStatus", "completed"}}).call,
      *transcription("Call me back.").call,
      *call_status("completed", {{"CallDuration", "42"}}).call,
  };
  const auto told = [&] {
    core::call_facts all;
    for (const auto& fact : facts)
      all = merge(merge(all, fact), fact);
    return all;
  };
  const auto first = told();
  BOOST_TEST(first.status == "completed");
  BOOST_TEST(core::call_recording::decode(first.recording)->status == "completed");
  BOOST_TEST(route(first) == "forward failed busy, voicemail taken");
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  const auto in_order = facts;
  while (std::next_permutation(order.begin(), order.end())) {
    for (size_t i = 0; i < order.size(); ++i)
      facts[i] = in_order[order[i]];
    BOOST_TEST((told() == first));
  }
}

BOOST_AUTO_TEST_SUITE_END()
