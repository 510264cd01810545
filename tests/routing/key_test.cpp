#include "tests/routing/company.hpp"
#include "tests/support/json_file.hpp"

#include <boost/test/data/test_case.hpp>

using namespace trunkline;
using namespace trunkline::tests;

namespace {

core::expected<core::webhook_key> key(webhook_kind kind, const pairs& params, int step = -1) {
  return routing::key_of(kind, step, twilio::form::from_pairs(params));
}

/// "" when the webhook is accepted.
std::string refusal(webhook_kind kind, const pairs& params) {
  const auto result = key(kind, params);
  if (result)
    return "";
  BOOST_TEST((result.error().code == core::ec::malformed_webhook));
  return result.error().detail;
}

pairs without(pairs params, const std::string& name) {
  std::erase_if(params, [&](const auto& p) { return p.first == name; });
  return params;
}

pairs call(const pairs& more = {}) { return company::call_params(more); }
pairs text(const pairs& more = {}) { return company::message_params(more); }
pairs recording(const pairs& more = {}) {
  return company::changed({{"AccountSid", "AC" + digits32},
                           {"CallSid", "CA" + digits32},
                           {"RecordingSid", "RE" + digits32},
                           {"RecordingStatus", "completed"}},
                          more);
}

/// The samples of tests/data by what they are.
const std::vector<std::pair<std::string, webhook_kind>> samples = {
    {"voice_inbound", webhook_kind::voice},
    {"dial_action_noanswer", webhook_kind::dial},
    {"record_action", webhook_kind::dial},
    {"number_whisper", webhook_kind::whisper},
    {"conversationrelay_action_completed", webhook_kind::relay},
    {"conversationrelay_action_ended", webhook_kind::relay},
    {"recording_status_completed", webhook_kind::recording},
    {"recording_status_absent", webhook_kind::recording},
    {"call_status_initiated", webhook_kind::status},
    {"call_status_in-progress", webhook_kind::status},
    {"call_status_completed", webhook_kind::status},
    {"sms_inbound", webhook_kind::sms},
    {"sms_inbound_stop", webhook_kind::sms},
    {"whatsapp_inbound", webhook_kind::sms},
    {"message_status_queued", webhook_kind::status},
    {"message_status_failed", webhook_kind::status},
    {"whatsapp_status_read", webhook_kind::status},
};

} // namespace

BOOST_AUTO_TEST_SUITE(event_key)

BOOST_AUTO_TEST_CASE(everything_twilio_really_sends_is_accepted) {
  const auto file = json_file("twilio/webhook_samples.json");
  size_t found = 0;
  for (const auto& sample : file["samples"].GetArray())
    for (const auto& [id, kind] : samples)
      if (id == sample["id"].GetString()) {
        const auto params = twilio::form::parse(sample["raw_body"].GetString());
        BOOST_REQUIRE(params);
        BOOST_TEST(routing::key_of(kind, 0, *params).has_value(), id);
        ++found;
      }
  BOOST_TEST(found == samples.size());
}

BOOST_AUTO_TEST_CASE(a_call_is_known_by_its_sid_and_a_dialled_step_by_its_outcome) {
  const auto called = key(webhook_kind::voice, call());
  BOOST_REQUIRE(called);
  BOOST_TEST(called->sid == "CA" + digits32);
  BOOST_TEST(called->status == "");
  BOOST_TEST(called->sequence == -1);
  BOOST_TEST(called->step == -1);
  BOOST_TEST(called->tenant.empty());
  const auto dialled = key(webhook_kind::dial, call({{"DialCallStatus", "busy"}}), 1);
  BOOST_REQUIRE(dialled);
  BOOST_TEST(dialled->status == "busy");
  BOOST_TEST(dialled->step == 1);
  BOOST_TEST(key(webhook_kind::relay, call({{"SessionStatus", "failed"}}))->status == "failed");
}

BOOST_AUTO_TEST_CASE(a_callback_is_known_by_sid_status_and_sequence) {
  const auto progress = key(webhook_kind::status, call({{"SequenceNumber", "3"}}));
  BOOST_REQUIRE(progress);
  BOOST_TEST(progress->sid == "CA" + digits32);
  BOOST_TEST(progress->status == "ringing");
  BOOST_TEST(progress->sequence == 3);
  const auto delivery = key(webhook_kind::status, text({{"MessageStatus", "delivered"}}));
  BOOST_REQUIRE(delivery);
  BOOST_TEST(delivery->sid == "SM" + digits32);
  BOOST_TEST(delivery->status == "delivered");
  BOOST_TEST(key(webhook_kind::recording, recording())->sid == "RE" + digits32);
  BOOST_TEST(key(webhook_kind::transcription, call({{"TranscriptionSid", "TR" + digits32}}))->sid == "TR" + digits32);
}

BOOST_AUTO_TEST_CASE(a_fallback_is_about_the_message_if_there_is_one_and_else_about_the_call) {
  BOOST_TEST(key(webhook_kind::fallback, call())->sid == "CA" + digits32);
  BOOST_TEST(key(webhook_kind::fallback, text())->sid == "SM" + digits32);
}

BOOST_AUTO_TEST_CASE(messages_with_and_without_pictures_have_sids) {
  BOOST_TEST(refusal(webhook_kind::sms, text({{"MessageSid", "MM" + digits32}})) == "");
  BOOST_TEST(refusal(webhook_kind::sms, text({{"MessageSid", "SM0123456789ABCDEF0123456789abcdef"}})) == "");
}

BOOST_DATA_TEST_CASE(
    a_misshapen_sid_is_refused,
    boost::unit_test::data::make({"", "CA", "CA0123456789abcdef0123456789abcde", "CA0123456789abcdef0123456789abcdef0",
                                  "ca0123456789abcdef0123456789abcdef", "CA0123456789abcdef0123456789abcdeg",
                                  "CA' or 1=1 --6789abcdef0123456789", " CA0123456789abcdef0123456789abcde",
                                  "SM0123456789abcdef0123456789abcdeF"}),
    sid) {
  BOOST_TEST(refusal(webhook_kind::voice, call({{"CallSid", sid}})) == "CallSid is missing or misshapen.");
  BOOST_TEST(refusal(webhook_kind::status, call({{"CallSid", sid}})) != "");
  BOOST_TEST(refusal(webhook_kind::recording, recording({{"CallSid", sid}})) != "");
  BOOST_TEST(refusal(webhook_kind::recording, recording({{"RecordingSid", sid}})) != "");
  if (!std::string_view(sid).starts_with("SM"))
    BOOST_TEST(refusal(webhook_kind::sms, text({{"MessageSid", sid}})) != "");
  BOOST_TEST(refusal(webhook_kind::voice, call({{"AccountSid", sid}})) != "");
}

BOOST_AUTO_TEST_CASE(what_must_be_there_is_missed) {
  for (const auto* name : {"AccountSid", "CallSid", "To", "From"})
    BOOST_TEST(refusal(webhook_kind::voice, without(call(), name)) != "", name);
  for (const auto* name : {"AccountSid", "MessageSid", "To", "From"})
    BOOST_TEST(refusal(webhook_kind::sms, without(text(), name)) != "", name);
  for (const auto* name : {"AccountSid", "CallSid", "CallStatus"})
    BOOST_TEST(refusal(webhook_kind::status, without(call(), name)) != "", name);
  for (const auto* name : {"AccountSid", "CallSid", "RecordingSid", "RecordingStatus"})
    BOOST_TEST(refusal(webhook_kind::recording, without(recording(), name)) != "", name);
  BOOST_TEST(refusal(webhook_kind::status, text()) == "MessageStatus is missing or is not a status.");
  BOOST_TEST(refusal(webhook_kind::transcription, call()) != "");
}

BOOST_AUTO_TEST_CASE(a_withheld_number_is_no_reason_to_refuse_a_call) {
  BOOST_TEST(refusal(webhook_kind::voice, call({{"From", ""}})) == "");
  BOOST_TEST(refusal(webhook_kind::voice, call({{"To", ""}})) != "");
}

BOOST_AUTO_TEST_CASE(a_parameter_that_decides_something_is_refused_when_it_comes_twice) {
  for (const auto* name : {"AccountSid",
                           "Body",
                           "CallDuration",
                           "CallSid",
                           "CallStatus",
                           "DialBridged",
                           "DialCallStatus",
                           "Direction",
                           "ErrorCode",
                           "From",
                           "MediaUrl0",
                           "MediaUrl9",
                           "MessageSid",
                           "MessageStatus",
                           "NumMedia",
                           "NumSegments",
                           "OptOutType",
                           "ParentCallSid",
                           "RecordingDuration",
                           "RecordingSid",
                           "RecordingStartTime",
                           "RecordingStatus",
                           "RecordingUrl",
                           "SequenceNumber",
                           "SessionStatus",
                           "Timestamp",
                           "To",
                           "TranscriptionSid",
                           "TranscriptionStatus",
                           "TranscriptionText"}) {
    auto params = without(call(), name);
    params.emplace_back(name, "x");
    params.emplace_back(name, "x"); // the same value twice is as bad
    BOOST_TEST(refusal(webhook_kind::voice, params) == std::string(name) + " is given twice.");
  }
}

BOOST_AUTO_TEST_CASE(names_nobody_reads_may_be_new_and_may_come_twice) {
  BOOST_TEST(refusal(webhook_kind::voice, call({{"SipHeader_X-Trace", "1"}, {"Novelty", "a"}})) == "");
  auto params = call({{"CallerCity", "a"}});
  params.emplace_back("CallerCity", "b");
  params.emplace_back("callsid", "names are case-sensitive");
  BOOST_TEST(refusal(webhook_kind::voice, params) == "");
}

BOOST_AUTO_TEST_CASE(an_unknown_status_is_accepted_but_only_as_one_word) {
  BOOST_TEST(refusal(webhook_kind::status, text({{"MessageStatus", "deliverd"}})) == "");
  BOOST_TEST(refusal(webhook_kind::status, call({{"CallStatus", "brand_new-2"}})) == "");
  for (const auto& odd : {std::string("a b"), std::string("<x>"), std::string("d\xC3\xA9livr"), std::string(33, 'a')})
    BOOST_TEST(refusal(webhook_kind::status, call({{"CallStatus", odd}})) != "");
}

BOOST_AUTO_TEST_CASE(a_sequence_number_is_a_plain_number_up_to_a_milliard) {
  const auto with = [](const std::string& number) { return call({{"SequenceNumber", number}}); };
  BOOST_TEST(key(webhook_kind::status, with("0"))->sequence == 0);
  BOOST_TEST(key(webhook_kind::status, with("1000000000"))->sequence == 1'000'000'000);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "1e3", "0x5", "1000000001", "99999999999999999999", "1.0"})
    BOOST_TEST(refusal(webhook_kind::status, with(bad)) != "", bad);
}

BOOST_AUTO_TEST_SUITE_END()
