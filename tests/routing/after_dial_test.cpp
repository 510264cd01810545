#include "tests/routing/company.hpp"

#include <boost/test/data/test_case.hpp>

using namespace trunkline;
using namespace trunkline::tests;

using enum core::routing_mode;

namespace {

/// Forwards first, then voicemail.
struct forwarding_company : company {
  forwarding_company() {
    chain({forward, voicemail});
    forwards_to("+15005550009");
  }
};

const pairs recorded = {
    {"RecordingSid", "RE" + digits32},
    {"RecordingUrl", "https://api.twilio.com/2010-04-01/Accounts/AC" + digits32 + "/Recordings/RE" + digits32},
    {"RecordingDuration", "21"},
    {"Digits", "hangup"}};

} // namespace

BOOST_AUTO_TEST_SUITE(after_dial)

BOOST_AUTO_TEST_CASE(a_forwarded_call_that_was_answered_ends) {
  for (const auto* outcome : {"completed", "answered"}) {
    const auto event = forwarding_company{}.dial_ended(0, {{"DialCallStatus", outcome}, {"DialBridged", "true"}});
    BOOST_TEST(document(event).verbs() == "Hangup");
    BOOST_TEST(route(event) == "");
  }
}

BOOST_DATA_TEST_CASE(a_forward_that_reaches_nobody_goes_on_with_the_next_step,
                     boost::unit_test::data::make({"busy", "no-answer", "failed", "canceled"}), outcome) {
  const auto event = forwarding_company{}.dial_ended(0, {{"DialCallStatus", outcome}});
  BOOST_TEST(document(event).at("Record")["action"] == hooks + "/dial/1");
  BOOST_TEST(route(event) == std::string("forward failed ") + outcome + ", voicemail taken");
}

BOOST_AUTO_TEST_CASE(an_outcome_nobody_knows_counts_as_failed) {
  for (const auto* outcome : {"queer-status", ""})
    BOOST_TEST(route(forwarding_company{}.dial_ended(0, {{"DialCallStatus", outcome}})) ==
               "forward failed failed, voicemail taken");
  BOOST_TEST(route(forwarding_company{}.dial_ended(0, {})) == "forward failed failed, voicemail taken");
}

BOOST_AUTO_TEST_CASE(a_callee_who_hangs_up_on_the_whisper_has_not_answered) {
  const auto event = forwarding_company{}.dial_ended(0, {{"DialCallStatus", "completed"}, {"DialBridged", "false"}});
  BOOST_TEST(route(event) == "forward failed no-answer, voicemail taken");
}

BOOST_AUTO_TEST_CASE(a_failed_last_step_is_answered_with_the_apology) {
  forwarding_company acme;
  acme.chain({voicemail, forward});
  const auto event = acme.dial_ended(1, {{"DialCallStatus", "busy"}});
  BOOST_TEST(is_apology(event)); // never back to the voicemail before it
  BOOST_TEST(route(event) == "forward failed busy");
}

BOOST_DATA_TEST_CASE(a_step_beyond_the_chain_is_answered_with_the_apology,
                     boost::unit_test::data::make({-2147483647, -1, 2, 3, 2147483647}), step) {
  BOOST_TEST(is_apology(forwarding_company{}.dial_ended(step, {{"DialCallStatus", "busy"}})));
}

BOOST_AUTO_TEST_CASE(what_was_dialled_was_a_forward_even_if_the_chain_has_changed_since) {
  forwarding_company acme;
  acme.chain({voicemail});
  BOOST_TEST(route(acme.dial_ended(0, {{"DialCallStatus", "busy"}})) == "forward failed busy");
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_for_a_caller_who_has_hung_up) {
  const auto event = forwarding_company{}.dial_ended(0, {{"DialCallStatus", "canceled"}, {"CallStatus", "completed"}});
  BOOST_TEST(document(event).verbs() == "Hangup");
  BOOST_TEST(route(event) == "forward failed canceled");
  BOOST_TEST(event.call->status == "completed");
  BOOST_TEST((event.call->ended_at == noon));
}

BOOST_AUTO_TEST_CASE(a_recorded_voicemail_is_thanked_for_and_known_before_its_callback_comes) {
  const auto event = forwarding_company{}.dial_ended(1, recorded);
  const auto doc = document(event);
  BOOST_TEST(doc.verbs() == "Say Hangup");
  BOOST_TEST(doc.at("Say").text.find("Thank you") != std::string::npos);
  const auto recording = core::call_recording::decode(event.call->recording);
  BOOST_REQUIRE(recording);
  BOOST_TEST(recording->sid == "RE" + digits32);
  BOOST_TEST(recording->status == "in-progress");
  BOOST_TEST(*recording->duration_seconds == 21);
}

BOOST_AUTO_TEST_CASE(a_recording_known_only_by_its_url_keeps_the_sid_in_it) {
  const auto event = forwarding_company{}.dial_ended(1, {recorded[1]});
  BOOST_TEST(document(event).verbs() == "Say Hangup");
  BOOST_TEST(core::call_recording::decode(event.call->recording)->sid == "RE" + digits32);
}

BOOST_AUTO_TEST_CASE(an_agent_that_has_finished_ends_the_call) {
  company acme;
  acme.chain({ai_agent, voicemail}).has_agent();
  for (const auto* outcome : {"completed", "ended"})
    BOOST_TEST(document(acme.relay_ended({{"SessionStatus", outcome}})).verbs() == "Hangup");
  BOOST_TEST(document(acme.relay_ended({})).verbs() == "Hangup"); // a Stream has no session
  BOOST_TEST(document(acme.relay_ended({{"ErrorCode", "0"}})).verbs() == "Hangup");
}

BOOST_AUTO_TEST_CASE(an_agent_that_failed_is_followed_by_the_next_step) {
  company acme;
  acme.chain({ai_agent, voicemail}).has_agent();
  for (const pairs& outcome :
       {pairs{{"SessionStatus", "failed"}, {"ErrorCode", "64102"}}, pairs{{"ErrorCode", "64102"}}}) {
    const auto event = acme.relay_ended(outcome);
    BOOST_TEST(document(event).at("Record")["action"] == hooks + "/dial/1");
    BOOST_TEST(route(event) == "ai-agent failed agent_failed, voicemail taken");
  }
}

BOOST_AUTO_TEST_CASE(a_failed_agent_at_the_end_of_the_chain_is_apologised_for) {
  company acme;
  acme.chain({forward, ai_agent}).has_agent();
  const auto event = acme.relay_ended({{"SessionStatus", "failed"}});
  BOOST_TEST(is_apology(event));
  BOOST_TEST(route(event) == "ai-agent failed agent_failed");
}

BOOST_AUTO_TEST_CASE(a_failed_agent_that_has_left_the_chain_is_followed_by_its_first_step) {
  company acme;
  acme.chain({voicemail});
  BOOST_TEST(route(acme.relay_ended({{"SessionStatus", "failed"}})) == "voicemail taken");
}

BOOST_AUTO_TEST_CASE(a_call_walks_the_whole_chain_and_the_archive_tells_it) {
  company acme;
  acme.chain({forward, ai_agent, voicemail}).forwards_to("+15005550009").has_agent();
  const auto first = acme.called();
  const auto second = acme.dial_ended(0, {{"DialCallStatus", "no-answer"}});
  const auto third = acme.relay_ended({{"SessionStatus", "failed"}});
  BOOST_TEST(document(third).at("Record")["action"] == hooks + "/dial/2");
  const auto story = std::string("forward failed no-answer, ai-agent failed agent_failed, voicemail taken");
  BOOST_TEST(route(merge(merge(*first.call, *second.call), *third.call)) == story);
  BOOST_TEST(route(merge(merge(*third.call, *first.call), *second.call)) == story);
}

BOOST_AUTO_TEST_SUITE_END()
