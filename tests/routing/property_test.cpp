#include "core/utf8.hpp"
#include "tests/routing/company.hpp"

#include <random>

using namespace trunkline;
using namespace trunkline::tests;

using enum core::routing_mode;

namespace {

constexpr auto kinds = {webhook_kind::voice,   webhook_kind::dial,      webhook_kind::relay,
                        webhook_kind::whisper, webhook_kind::fallback,  webhook_kind::sms,
                        webhook_kind::status,  webhook_kind::recording, webhook_kind::transcription};

const std::vector<std::string> names = {"AccountSid",
                                        "CallSid",
                                        "MessageSid",
                                        "RecordingSid",
                                        "TranscriptionSid",
                                        "ParentCallSid",
                                        "From",
                                        "To",
                                        "Direction",
                                        "CallStatus",
                                        "MessageStatus",
                                        "DialCallStatus",
                                        "DialBridged",
                                        "RecordingStatus",
                                        "SessionStatus",
                                        "TranscriptionStatus",
                                        "TranscriptionText",
                                        "RecordingUrl",
                                        "RecordingDuration",
                                        "RecordingStartTime",
                                        "SequenceNumber",
                                        "Timestamp",
                                        "CallDuration",
                                        "Body",
                                        "NumMedia",
                                        "NumSegments",
                                        "MediaUrl0",
                                        "OptOutType",
                                        "ErrorCode",
                                        "Novelty",
                                        ""};

const std::vector<std::string> values = {"",
                                         "AC" + digits32,
                                         "CA" + digits32,
                                         "SM" + digits32,
                                         "RE" + digits32,
                                         "TR" + digits32,
                                         "+15005550001",
                                         "whatsapp:+15005550001",
                                         "72345",
                                         "client:ana",
                                         "sip:a@b",
                                         "anonymous",
                                         "inbound",
                                         "ringing",
                                         "in-progress",
                                         "completed",
                                         "busy",
                                         "failed",
                                         "no-answer",
                                         "absent",
                                         "ended",
                                         "true",
                                         "false",
                                         "0",
                                         "1",
                                         "10",
                                         "-1",
                                         "999999999999999999999",
                                         "1e9",
                                         "Sun, 25 Mar 2018 09:53:19 +0000",
                                         "Sun, 99 Foo -001",
                                         "https://x/RE" + digits32,
                                         "file:///etc/passwd",
                                         "STOP",
                                         "HELP",
                                         "</Say><Redirect>http://evil</Redirect>",
                                         "\" onload=\"x",
                                         "]]>&lt;&#0;",
                                         std::string("\0\x01\x1F", 3),
                                         "\xC0\xAF\xED\xA0\x80\xFF",
                                         "a|b||c",
                                         "\r\n\t",
                                         std::string(5000, '<'),
                                         std::string(5000, '\xFF'),
                                         "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC"};

/// Reproducible soups of what Twilio could send and what it never would.
class soup_kitchen {
public:
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[random_() % of.size()];
  }
  int number(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  pairs params() {
    pairs out = number(2) == 0 ? company::call_params() : company::message_params();
    for (int i = number(12); i > 0; --i)
      out.emplace_back(any(names), any(values));
    return out;
  }
  company any_company() {
    static const std::vector<std::vector<core::routing_mode>> chains = {{voicemail},
                                                                        {forward},
                                                                        {ai_agent},
                                                                        {forward, voicemail},
                                                                        {ai_agent, voicemail},
                                                                        {forward, ai_agent, voicemail}};
    company acme;
    acme.chain(any(chains));
    if (number(2) == 0)
      acme.forwards_to(any(values));
    if (number(2) == 0) {
      acme.has_agent(number(2) == 0 ? core::agent_engine::stream : core::agent_engine::conversation_relay);
      acme.config().agent.url = any(values);
      acme.config().agent.welcome_greeting = any(values);
    }
    acme.config().voicemail.greeting = any(values);
    acme.config().auto_reply = any(values);
    acme.config().whisper_message = any(values);
    acme.config().recording_enabled = number(2) == 0;
    return acme;
  }

private:
  std::mt19937 random_{20261120};
};

/// Everything of an event that goes to the database.
std::vector<std::string> stored_texts(const core::webhook_event& event) {
  std::vector<std::string> out = {event.key.sid, event.key.status, event.answer.body};
  if (const auto& call = event.call) {
    out.insert(out.end(), {call->call_sid, call->direction, call->from, call->to, call->status, call->recording,
                           call->transcription});
    out.insert(out.end(), call->steps.begin(), call->steps.end());
  }
  if (const auto& message = event.message) {
    out.insert(out.end(),
               {message->twilio_number.str(), message->user_phone_number.str(), message->content, message->twilio_sid});
    out.insert(out.end(), message->media.begin(), message->media.end());
  }
  if (event.opt_out)
    out.push_back(event.opt_out->number.str());
  return out;
}

void check_event(const core::webhook_event& event) {
  const auto& answer = event.answer;
  if (answer.status == 204)
    BOOST_REQUIRE(answer.body.empty() && answer.content_type.empty());
  else
    BOOST_REQUIRE_NO_THROW(document(event));
  for (const auto& text : stored_texts(event)) {
    BOOST_REQUIRE(core::is_clean_utf8(text));
    BOOST_REQUIRE(text.size() <= 70'000);
  }
  if (event.call)
    BOOST_REQUIRE(event.call->started_at && event.call->from.size() <= 256 && event.call->to.size() <= 256);
}

} // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(whatever_comes_gets_an_answer_and_is_stored_clean) {
  soup_kitchen cook;
  size_t accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto acme = cook.any_company();
    const auto params = cook.params();
    const int step = cook.number(6) - 2;
    for (const auto kind : kinds) {
      const auto webhook = company::incoming(kind, params, step);
      const auto key = routing::key_of(kind, step, webhook.params);
      accepted += key ? 1 : 0;
      // decided even if the key was refused: nothing here may lean on what key_of has checked
      for (const auto decide : {routing::decide, routing::decide_safely})
        check_event(decide(acme.profile, key.value_or(core::webhook_key{}), webhook, noon));
    }
  }
  BOOST_TEST(accepted > 4000u); // the soup is not all refused at the door
}

BOOST_AUTO_TEST_CASE(the_same_question_has_the_same_answer) {
  soup_kitchen cook;
  for (int i = 0; i < 300; ++i) {
    const auto acme = cook.any_company();
    const auto params = cook.params();
    for (const auto kind : kinds) {
      const auto webhook = company::incoming(kind, params, 0);
      const auto first = routing::decide(acme.profile, {}, webhook, noon);
      const auto again = routing::decide(acme.profile, {}, webhook, noon);
      BOOST_REQUIRE((first.answer == again.answer && first.call == again.call));
      BOOST_REQUIRE(stored_texts(first) == stored_texts(again));
    }
  }
}

BOOST_AUTO_TEST_CASE(hostile_settings_stay_text) {
  company acme;
  const std::string hostile = "</Say><Redirect>http://evil</Redirect>&\"'";
  acme.chain({voicemail});
  acme.config().voicemail.greeting = hostile;
  acme.config().voicemail.language = hostile;
  const auto said = document(acme.called()).at("Say");
  BOOST_TEST(said.text == hostile);
  BOOST_TEST(said["language"] == hostile);
  acme.config().auto_reply = hostile;
  BOOST_TEST(document(acme.texted()).at("Message").text == hostile);
  acme.chain({ai_agent}).has_agent();
  acme.config().agent.welcome_greeting = hostile;
  BOOST_TEST(document(acme.called()).at("Connect/ConversationRelay")["welcomeGreeting"] == hostile);
}

BOOST_AUTO_TEST_CASE(a_hostile_body_or_sender_never_shows_up_in_an_answer) {
  company acme;
  acme.config().auto_reply = "Thanks!";
  const std::string hostile = "</Message><Redirect>http://evil</Redirect>";
  const auto event = acme.texted({{"Body", hostile}, {"ProfileName", hostile}});
  BOOST_TEST(document(event).verbs() == "Message");
  BOOST_TEST(event.message->content == hostile);
  acme.chain({forward}).forwards_to("+15005550009");
  BOOST_TEST(document(acme.called({{"From", "\"><Redirect>"}})).verbs() == "Dial");
}

BOOST_AUTO_TEST_SUITE_END()
