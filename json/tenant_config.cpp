#include "json/tenant_config.hpp"

#include "json/words.hpp"

namespace trunkline::json {

namespace {

void write_numbers(writer& out, const std::vector<core::company_number>& numbers) {
  out.key("phoneNumbers").begin_array();
  for (const auto& n : numbers)
    out.begin_object()
        .field("phoneNumber", n.number)
        .field("friendlyName", n.friendly_name)
        .field("status", n.active ? "active" : "inactive")
        .field("isPrimary", n.primary)
        .end_object();
  out.end_array();
}

void write_voicemail(writer& out, const core::voicemail_settings& v) {
  out.key("voicemail")
      .begin_object()
      .field("greeting", v.greeting)
      .field("greetingUrl", v.greeting_url)
      .field("language", v.language)
      .field("voice", v.voice)
      .field("maxLengthSeconds", v.max_length_seconds)
      .field("timeoutSeconds", v.timeout_seconds)
      .field("finishOnKey", v.finish_on_key)
      .field("playBeep", v.play_beep)
      .field("transcribe", v.transcribe)
      .end_object();
}

void write_voice(writer& out, const core::agent_voice& v) {
  out.begin_object()
      .field("provider", v.provider)
      .field("voiceId", v.voice_id)
      .field("model", v.model)
      .field("speed", v.speed)
      .field("stability", v.stability)
      .field("similarity", v.similarity)
      .end_object();
}

void write_agent(writer& out, const core::agent_settings& a) {
  out.key("agent")
      .begin_object()
      .field("engine", to_string(a.engine))
      .field("url", a.url)
      .field("language", a.language)
      .field("welcomeGreeting", a.welcome_greeting)
      .field("knowledgeBaseId", a.knowledge_base_id)
      .field("vapiAssistantId", a.vapi_assistant_id)
      .key("voice");
  if (a.voice)
    write_voice(out, *a.voice);
  else
    out.null();
  out.end_object();
}

void write_limits(writer& out, const core::tenant_config& c) {
  out.key("rateLimit")
      .begin_object()
      .field("numberSegmentsPerSecond", c.rate_limit.number_segments_per_second)
      .field("companySegmentsPerSecond", c.rate_limit.company_segments_per_second)
      .field("campaignSegmentsPerSecond", c.rate_limit.campaign_segments_per_second)
      .end_object()
      .field("dailySpendCap", c.daily_spend_cap)
      .key("quietHours");
  if (c.quiet_hours)
    out.begin_object().field("start", c.quiet_hours->start).field("end", c.quiet_hours->end).end_object();
  else
    out.null();
}

/// From callRoutingMode to mockMode, in the order of API.md; both forms have it.
void write_common(writer& out, const core::tenant_config& c) {
  out.field("callRoutingMode", to_string(c.mode)).key("fallbackChain").begin_array();
  for (auto mode : c.fallback_chain)
    out.value(to_string(mode));
  out.end_array()
      .field("recordingEnabled", c.recording_enabled)
      .field("forwardNumber", c.forward_number)
      .field("forwardTimeoutSeconds", c.forward_timeout_seconds)
      .field("forwardTimeLimitSeconds", c.forward_time_limit_seconds)
      .field("whisperMessage", c.whisper_message);
  write_voicemail(out, c.voicemail);
  write_agent(out, c.agent);
  write_limits(out, c);
  out.field("allowedCountries", c.allowed_countries)
      .field("autoReply", c.auto_reply)
      .field("whatsappNumber", c.whatsapp_number)
      .field("smartEncoding", c.smart_encoding)
      .field("unknownOutcome", to_string(c.on_unknown))
      .field("signatureMode", to_string(c.signatures))
      .field("mockMode", c.mock_mode);
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

} // namespace

std::string write_settings(const core::tenant_config& config) {
  writer out;
  out.begin_object().field("phoneNumber", config.legacy_number);
  write_common(out, config);
  out.end_object();
  return out.take();
}

void write_config(writer& out, const core::tenant_config& config, const config_view& view) {
  const auto& account = config.credentials;
  out.begin_object()
      .field("accountSid", unless_empty(account.account_sid))
      .field("authTokenSet", !account.auth_token.empty())
      .field("nextAuthTokenSet", !account.next_auth_token.empty())
      .field("apiKeySet", !account.api_key.empty())
      .field("apiSecretSet", !account.api_secret.empty())
      .field("credentialSource", to_string(view.source))
      .field("phoneNumber", config.legacy_number);
  write_numbers(out, config.numbers);
  write_common(out, config);
  out.key("webhookUrls")
      .begin_object()
      .field("voice", unless_empty(view.urls.voice))
      .field("sms", unless_empty(view.urls.sms))
      .field("status", unless_empty(view.urls.status))
      .end_object()
      .field("lastUpdated", config.last_updated)
      .end_object();
}

} // namespace trunkline::json
