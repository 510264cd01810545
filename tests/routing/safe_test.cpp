#include "tests/routing/company.hpp"

using namespace trunkline;
using namespace trunkline::tests;

using enum core::routing_mode;

namespace {

core::webhook_event safely(const company& acme, webhook_kind kind, const pairs& params, int step = -1) {
  return acme.told(kind, params, step, true);
}

} // namespace

BOOST_AUTO_TEST_SUITE(safe_answers)

BOOST_AUTO_TEST_CASE(a_call_goes_to_voicemail_whatever_the_rules_say) {
  company acme;
  acme.chain({forward, voicemail}).forwards_to("+15005550009");
  const auto event = safely(acme, webhook_kind::voice, company::call_params());
  BOOST_TEST(document(event).at("Record")["action"] == hooks + "/dial/1");
  BOOST_TEST(route(event) == "voicemail taken");
  BOOST_TEST(event.call->route_configured == "forward");
}

BOOST_AUTO_TEST_CASE(a_company_without_voicemail_in_its_chain_still_takes_a_message) {
  company acme;
  acme.chain({forward}).forwards_to("+15005550009");
  const auto event = safely(acme, webhook_kind::voice, company::call_params());
  BOOST_TEST(document(event).at("Record")["action"] == hooks + "/dial/1");
  BOOST_TEST(route(event) == "voicemail taken");
  const auto recorded = acme.dial_ended(1, {{"RecordingSid", "RE" + digits32}});
  BOOST_TEST(document(recorded).at("Say").text.find("Thank you") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_is_stored_and_an_opt_out_taken_but_nothing_is_replied) {
  company acme;
  acme.config().auto_reply = "Thanks!";
  for (const auto kind : {webhook_kind::sms, webhook_kind::fallback}) {
    const auto event = safely(acme, kind, company::message_params({{"Body", "STOP"}}));
    BOOST_TEST(document(event).verbs() == "");
    BOOST_TEST(event.message.has_value());
    BOOST_TEST(event.opt_out.has_value());
    BOOST_TEST(document(safely(acme, kind, company::message_params())).verbs() == "");
  }
}

BOOST_AUTO_TEST_CASE(a_failed_forward_is_still_followed_and_a_finished_one_still_ends) {
  company acme;
  acme.chain({forward, ai_agent, voicemail}).forwards_to("+15005550009").has_agent();
  const auto after = [&](const std::string& outcome) {
    return safely(acme, webhook_kind::dial, company::call_params({{"DialCallStatus", outcome}}), 0);
  };
  BOOST_TEST(document(after("busy")).at("Record")["action"] == hooks + "/dial/2");
  BOOST_TEST(route(after("busy")) == "forward failed busy, voicemail taken");
  BOOST_TEST(document(after("completed")).verbs() == "Hangup");
}

BOOST_AUTO_TEST_CASE(callbacks_are_stored_as_ever) {
  company acme;
  const auto params = company::call_params({{"CallStatus", "completed"}, {"CallDuration", "7"}});
  const auto event = safely(acme, webhook_kind::status, params);
  BOOST_TEST(event.answer.status == 204);
  BOOST_TEST((event.call == acme.told(webhook_kind::status, params).call));
}

BOOST_AUTO_TEST_CASE(twilios_fallback_request_is_answered_safely_by_the_company_itself_too) {
  company acme;
  acme.chain({forward, voicemail}).forwards_to("+15005550009");
  acme.config().auto_reply = "Thanks!";
  const auto call = acme.told(webhook_kind::fallback, company::call_params({{"ErrorCode", "11200"}}));
  BOOST_TEST(document(call).has("Record"));
  BOOST_TEST(route(call) == "voicemail taken");
  const auto message = acme.told(webhook_kind::fallback, company::message_params());
  BOOST_TEST(document(message).verbs() == "");
  BOOST_TEST(message.message.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
