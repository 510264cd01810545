#include "routing/call_twiml.hpp"

#include "twilio/twiml.hpp"

#include <fmt/format.h>

namespace trunkline::routing {

namespace {

std::string at_step(const call_scene& scene, size_t step) { return fmt::format("{}/dial/{}", scene.hooks_url, step); }

/// Twilio's form of a setting: at most two decimals, at least one.
std::string setting(double value) {
  auto text = fmt::format("{:.2f}", value);
  if (text.ends_with('0'))
    text.pop_back();
  return text;
}

std::string spoken_end(std::string_view sentence) {
  twilio::twiml doc;
  if (!sentence.empty())
    doc.open("Say").text(sentence).close();
  doc.open("Hangup").close();
  return std::move(doc).finish();
}

/// Neither ConversationRelay nor Stream can be recorded by an attribute of its own.
void start_recording(twilio::twiml& doc, const call_scene& scene) {
  if (!scene.profile.config.recording_enabled)
    return;
  doc.open("Start").open("Recording").attribute("recordingStatusCallback", scene.hooks_url + "/recording");
  doc.close().close();
}

void add_parameters(twilio::twiml& doc, const call_scene& scene) {
  const auto add = [&](std::string_view name, const std::string& value) {
    doc.open("Parameter").attribute("name", name).attribute("value", value).close();
  };
  add("companyId", scene.profile.tenant.id.value);
  if (const auto& knowledge = scene.profile.config.agent.knowledge_base_id)
    add("knowledgeBaseId", *knowledge);
}

void add_relay(twilio::twiml& doc, const core::agent_settings& agent) {
  doc.open("ConversationRelay").attribute("url", *agent.url).attribute("language", agent.language);
  if (agent.welcome_greeting)
    doc.attribute("welcomeGreeting", *agent.welcome_greeting);
  if (!agent.voice)
    return;
  doc.attribute("ttsProvider", agent.voice->provider);
  if (!agent.voice->voice_id.empty())
    doc.attribute("voice", relay_voice(*agent.voice));
}

std::string agent_twiml(const call_scene& scene) {
  const auto& agent = scene.profile.config.agent;
  twilio::twiml doc;
  start_recording(doc, scene);
  doc.open("Connect").attribute("action", scene.hooks_url + "/relay");
  if (agent.engine == core::agent_engine::stream)
    doc.open("Stream").attribute("url", *agent.url);
  else
    add_relay(doc, agent);
  add_parameters(doc, scene);
  return std::move(doc).finish();
}

/// The caller's own number, so that the callee sees who calls. A caller without one (withheld, sip:, client:) would
/// make Twilio refuse the call; the number that was called is the company's, which is always allowed.
std::string_view caller_id(const call_scene& scene) {
  if (scene.from.is_e164())
    return scene.from.text;
  return scene.to.is_e164() ? std::string_view(scene.to.text) : std::string_view{};
}

std::string forward_twiml(const call_scene& scene, size_t step) {
  const auto& config = scene.profile.config;
  twilio::twiml doc;
  doc.open("Dial").attribute("action", at_step(scene, step));
  if (const auto id = caller_id(scene); !id.empty())
    doc.attribute("callerId", id);
  doc.attribute("timeout", config.forward_timeout_seconds).attribute("timeLimit", config.forward_time_limit_seconds);
  if (config.recording_enabled)
    doc.attribute("record", "record-from-answer-dual")
        .attribute("recordingStatusCallback", scene.hooks_url + "/recording");
  doc.attribute("answerOnBridge", true);
  doc.open("Number");
  if (config.whisper_message && !config.whisper_message->empty())
    doc.attribute("url", scene.hooks_url + "/whisper");
  doc.text(config.forward_number->str());
  return std::move(doc).finish();
}

void add_greeting(twilio::twiml& doc, const core::voicemail_settings& voicemail) {
  if (voicemail.greeting_url && !voicemail.greeting_url->empty()) {
    doc.open("Play").text(*voicemail.greeting_url).close();
    return;
  }
  if (voicemail.greeting.empty())
    return;
  doc.open("Say");
  if (voicemail.voice)
    doc.attribute("voice", *voicemail.voice);
  doc.attribute("language", voicemail.language).text(voicemail.greeting).close();
}

} // namespace

std::string relay_voice(const core::agent_voice& voice) {
  std::string text = voice.voice_id;
  if (!voice.model)
    return text;
  text += '-' + *voice.model;
  if (voice.speed && voice.stability && voice.similarity)
    text += fmt::format("-{}_{}_{}", setting(*voice.speed), setting(*voice.stability), setting(*voice.similarity));
  return text;
}

std::string step_twiml(const call_scene& scene, core::routing_mode mode, size_t step) {
  switch (mode) {
  case core::routing_mode::ai_agent:
    return agent_twiml(scene);
  case core::routing_mode::forward:
    return forward_twiml(scene, step);
  case core::routing_mode::voicemail:
    return voicemail_twiml(scene, step);
  }
  return voicemail_twiml(scene, step);
}

std::string voicemail_twiml(const call_scene& scene, size_t step) {
  const auto& voicemail = scene.profile.config.voicemail;
  twilio::twiml doc;
  add_greeting(doc, voicemail);
  doc.open("Record")
      .attribute("action", at_step(scene, step))
      .attribute("maxLength", voicemail.max_length_seconds)
      .attribute("timeout", voicemail.timeout_seconds)
      .attribute("finishOnKey", voicemail.finish_on_key)
      .attribute("playBeep", voicemail.play_beep)
      .attribute("recordingStatusCallback", scene.hooks_url + "/recording");
  if (voicemail.transcribe)
    doc.attribute("transcribe", true).attribute("transcribeCallback", scene.hooks_url + "/transcription");
  doc.close();
  doc.open("Say").text("We did not hear a message. Goodbye.").close(); // only reached when nothing was recorded
  doc.open("Hangup").close();
  return std::move(doc).finish();
}

std::string whisper_twiml(const core::tenant_config& config) {
  if (!config.whisper_message || config.whisper_message->empty())
    return twilio::empty_twiml();
  twilio::twiml doc;
  doc.open("Say").text(*config.whisper_message).close();
  return std::move(doc).finish();
}

const std::string& apology_twiml() {
  static const auto text = spoken_end("We are sorry, your call can not be answered right now. Please try again later.");
  return text;
}

const std::string& thanks_twiml() {
  static const auto text = spoken_end("Thank you. Your message has been recorded. Goodbye.");
  return text;
}

const std::string& hang_up_twiml() {
  static const auto text = spoken_end("");
  return text;
}

} // namespace trunkline::routing
