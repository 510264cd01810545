#include "tests/routing/company.hpp"

using namespace trunkline;
using namespace trunkline::tests;

using enum core::routing_mode;

BOOST_AUTO_TEST_SUITE(voice)

BOOST_AUTO_TEST_CASE(a_forwarding_company_rings_its_number_with_the_callers_id) {
  company acme;
  acme.chain({forward, voicemail}).forwards_to("+15005550009");
  acme.config().whisper_message = "Call for Acme";
  const auto event = acme.called();
  const auto dial = document(event).at("Dial");
  BOOST_TEST(dial["action"] == hooks + "/dial/0");
  BOOST_TEST(dial["callerId"] == "+15005550001");
  BOOST_TEST(dial["timeout"] == "25");
  BOOST_TEST(dial["timeLimit"] == "14400");
  BOOST_TEST(dial["record"] == "record-from-answer-dual");
  BOOST_TEST(dial["recordingStatusCallback"] == hooks + "/recording");
  BOOST_TEST(dial["answerOnBridge"] == "true");
  BOOST_TEST(dial.at("Number").text == "+15005550009");
  BOOST_TEST(dial.at("Number")["url"] == hooks + "/whisper");
  BOOST_TEST(route(event) == "forward taken");
}

BOOST_AUTO_TEST_CASE(without_recording_and_whisper_nothing_is_recorded_or_whispered) {
  company acme;
  acme.chain({forward}).forwards_to("+15005550009");
  acme.config().recording_enabled = false;
  const auto dial = document(acme.called()).at("Dial");
  BOOST_TEST(dial.attributes.count("record") == 0u);
  BOOST_TEST(dial.attributes.count("recordingStatusCallback") == 0u);
  BOOST_TEST(dial.at("Number").attributes.empty());
  acme.config().whisper_message = "";
  BOOST_TEST(document(acme.called()).at("Dial/Number").attributes.empty());
}

BOOST_AUTO_TEST_CASE(a_caller_without_a_number_is_shown_as_the_number_that_was_called) {
  company acme;
  acme.chain({forward}).forwards_to("+15005550009");
  for (const auto* from : {"", "anonymous", "client:ana", "sip:ana@example.com"})
    BOOST_TEST(document(acme.called({{"From", from}})).at("Dial")["callerId"] == "+15005550006");
}

BOOST_AUTO_TEST_CASE(a_voicemail_company_greets_records_and_has_it_transcribed) {
  company acme;
  acme.chain({voicemail});
  const auto event = acme.called();
  const auto doc = document(event);
  BOOST_TEST(doc.verbs() == "Say Record Say Hangup");
  BOOST_TEST(doc.at("Say").text == "Please leave a message after the tone.");
  BOOST_TEST(doc.at("Say")["language"] == "en-US");
  const auto record = doc.at("Record");
  BOOST_TEST(record["action"] == hooks + "/dial/0");
  BOOST_TEST(record["maxLength"] == "120");
  BOOST_TEST(record["timeout"] == "5");
  BOOST_TEST(record["finishOnKey"] == "#");
  BOOST_TEST(record["playBeep"] == "true");
  BOOST_TEST(record["recordingStatusCallback"] == hooks + "/recording");
  BOOST_TEST(record["transcribe"] == "true");
  BOOST_TEST(record["transcribeCallback"] == hooks + "/transcription");
  BOOST_TEST(route(event) == "voicemail taken");
}

BOOST_AUTO_TEST_CASE(a_recorded_greeting_wins_over_a_spoken_one) {
  company acme;
  acme.chain({voicemail});
  acme.config().voicemail.greeting_url = "https://cdn.example.com/hello.mp3?a=1&b=2";
  acme.config().voicemail.transcribe = false;
  const auto doc = document(acme.called());
  BOOST_TEST(doc.verbs() == "Play Record Say Hangup");
  BOOST_TEST(doc.at("Play").text == "https://cdn.example.com/hello.mp3?a=1&b=2");
  BOOST_TEST(doc.at("Record").attributes.count("transcribe") == 0u);
  BOOST_TEST(doc.at("Record").attributes.count("transcribeCallback") == 0u);
}

BOOST_AUTO_TEST_CASE(a_conversation_relay_agent_gets_the_call_and_knows_whose_it_is) {
  company acme;
  acme.chain({ai_agent, voicemail}).has_agent();
  acme.config().agent.welcome_greeting = "Hello!";
  acme.config().agent.knowledge_base_id = "kb_1";
  const auto event = acme.called();
  const auto doc = document(event);
  BOOST_TEST(doc.verbs() == "Start Connect");
  BOOST_TEST(doc.at("Start/Recording")["recordingStatusCallback"] == hooks + "/recording");
  BOOST_TEST(doc.at("Connect")["action"] == hooks + "/relay");
  const auto relay = doc.at("Connect/ConversationRelay");
  BOOST_TEST(relay["url"] == "wss://agent.example.com/talk");
  BOOST_TEST(relay["language"] == "en-US");
  BOOST_TEST(relay["welcomeGreeting"] == "Hello!");
  BOOST_TEST(relay["ttsProvider"] == "ElevenLabs");
  BOOST_TEST(relay["voice"] == "NYC9WEgkq1u4jiqBseQ9");
  BOOST_REQUIRE(relay.children.size() == 2u);
  BOOST_TEST(relay.children[0]["name"] == "companyId");
  BOOST_TEST(relay.children[0]["value"] == "co_0123456789ab");
  BOOST_TEST(relay.children[1]["name"] == "knowledgeBaseId");
  BOOST_TEST(relay.children[1]["value"] == "kb_1");
  BOOST_TEST(route(event) == "ai-agent taken");
}

BOOST_AUTO_TEST_CASE(the_agents_voice_carries_its_model_and_settings) {
  company acme;
  acme.chain({ai_agent}).has_agent();
  acme.config().recording_enabled = false;
  auto& voice = *acme.config().agent.voice;
  const auto spoken = [&] { return document(acme.called()).at("Connect/ConversationRelay")["voice"]; };
  voice.model = "flash_v2_5";
  BOOST_TEST(spoken() == "NYC9WEgkq1u4jiqBseQ9-flash_v2_5");
  voice.speed = 1, voice.stability = 0.8, voice.similarity = 0.65;
  BOOST_TEST(spoken() == "NYC9WEgkq1u4jiqBseQ9-flash_v2_5-1.0_0.8_0.65");
  BOOST_TEST(document(acme.called()).verbs() == "Connect"); // not recorded
  acme.config().agent.voice.reset();
  const auto relay = document(acme.called()).at("Connect/ConversationRelay");
  BOOST_TEST(relay.attributes.count("voice") + relay.attributes.count("ttsProvider") == 0u);
}

BOOST_AUTO_TEST_CASE(a_stream_agent_gets_the_call_as_a_media_stream) {
  company acme;
  acme.chain({ai_agent}).has_agent(core::agent_engine::stream);
  const auto doc = document(acme.called());
  BOOST_TEST(doc.verbs() == "Start Connect");
  BOOST_TEST(doc.at("Connect")["action"] == hooks + "/relay");
  BOOST_TEST(doc.at("Connect/Stream")["url"] == "wss://agent.example.com/talk");
  BOOST_TEST(doc.at("Connect/Stream/Parameter")["value"] == "co_0123456789ab");
}

BOOST_AUTO_TEST_CASE(an_agent_without_a_url_is_skipped_with_the_reason) {
  company acme;
  acme.chain({ai_agent, voicemail});
  BOOST_TEST(route(acme.called()) == "ai-agent skipped agent_not_configured, voicemail taken");
  BOOST_TEST(document(acme.called()).at("Record")["action"] == hooks + "/dial/1");
  acme.config().agent.engine = core::agent_engine::stream;
  BOOST_TEST(route(acme.called()) == "ai-agent skipped agent_not_configured, voicemail taken");
}

BOOST_AUTO_TEST_CASE(a_vapi_agent_is_skipped_even_with_a_url) {
  company acme;
  acme.chain({ai_agent, voicemail}).has_agent(core::agent_engine::vapi);
  BOOST_TEST(route(acme.called()) == "ai-agent skipped agent_not_configured, voicemail taken");
}

BOOST_AUTO_TEST_CASE(a_forward_without_a_number_is_skipped_with_the_reason) {
  company acme;
  acme.chain({forward, ai_agent, voicemail});
  BOOST_TEST(route(acme.called()) ==
             "forward skipped forward_not_configured, ai-agent skipped agent_not_configured, voicemail taken");
}

BOOST_AUTO_TEST_CASE(a_chain_without_a_usable_step_ends_with_an_apology_and_never_in_silence) {
  company acme;
  acme.chain({forward, ai_agent});
  const auto event = acme.called();
  BOOST_TEST(is_apology(event));
  BOOST_TEST(route(event) == "forward skipped forward_not_configured, ai-agent skipped agent_not_configured");
}

BOOST_AUTO_TEST_CASE(a_call_is_archived_from_its_first_webhook) {
  company acme;
  const auto event = acme.called({{"From", "+15005550001"}});
  BOOST_REQUIRE(event.call);
  BOOST_TEST(event.call->call_sid == "CA" + digits32);
  BOOST_TEST(event.call->direction == "inbound");
  BOOST_TEST(event.call->from == "+15005550001");
  BOOST_TEST(event.call->to == "+15005550006");
  BOOST_TEST(event.call->status == "ringing");
  BOOST_TEST(event.call->route_configured == "ai-agent");
  BOOST_TEST((event.call->started_at == noon));
  BOOST_TEST(event.key.tenant.value == "co_0123456789ab");
  BOOST_TEST((event.received_at == noon));
  BOOST_TEST(event.params.find("CallSid=CA") != std::string::npos);
  BOOST_TEST((!event.message && !event.message_status && !event.opt_out));
}

BOOST_AUTO_TEST_CASE(the_callee_hears_the_whisper_and_gets_no_archive_record_of_their_own) {
  company acme;
  const pairs leg = {{"CallSid", "CAfedcba9876543210fedcba9876543210"},
                     {"ParentCallSid", "CA" + digits32},
                     {"Direction", "outbound-dial"}};
  BOOST_TEST(document(acme.told(webhook_kind::whisper, company::call_params(leg))).verbs() == "");
  acme.config().whisper_message = "Call for <Acme> & sons";
  const auto event = acme.told(webhook_kind::whisper, company::call_params(leg));
  BOOST_TEST(document(event).at("Say").text == "Call for <Acme> & sons");
  BOOST_TEST(!event.call);
}

BOOST_AUTO_TEST_SUITE_END()
