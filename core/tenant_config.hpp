#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/money.hpp"
#include "core/phone_number.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::core {

// The Twilio configuration of a company, field by field as API.md section 3 has it; the defaults here are its defaults.

enum class routing_mode : uint8_t { ai_agent, voicemail, forward };
enum class agent_engine : uint8_t { conversation_relay, vapi, stream };
enum class signature_mode : uint8_t { enforce, shadow };
enum class unknown_outcome : uint8_t { hold, resend };
enum class credential_source : uint8_t { company, platform, none };

/// An account and what opens it. An empty token means "not set".
struct twilio_credentials {
  std::string account_sid;
  secret auth_token;
  secret next_auth_token; ///< also verifies webhooks, during a rotation
  secret api_key;
  secret api_secret;

  bool usable() const { return !account_sid.empty() && !auth_token.empty(); }
};

/// Twilio's WhatsApp sandbox: any company's number, so nobody's.
inline constexpr std::string_view whatsapp_sandbox = "+14155238886";

/// Where a number comes from and what is known of it at the provider.
struct number_origin {
  std::optional<bool> in_account; ///< unset: not checked yet
  std::string sid;                ///< "PN...", empty while it has not been checked
  std::string capabilities;       ///< of "voice,sms,mms"; empty while it has not been checked
  std::string source = "manual";  ///< "pool", "twilio_purchase", "twilio_existing", "manual"
  timestamp assigned_at;
};

struct company_number {
  phone_number number;
  std::string friendly_name;
  bool active = true;
  bool primary = false;
  hook_token hook; ///< names this number in webhook URLs; made when the number is stored
  number_origin origin = {};
};

struct voicemail_settings {
  std::string greeting = "Please leave a message after the tone.";
  std::optional<std::string> greeting_url;
  std::string language = "en-US";
  std::optional<std::string> voice;
  int max_length_seconds = 120;
  int timeout_seconds = 5;
  std::string finish_on_key = "#";
  bool play_beep = true;
  bool transcribe = true;
};

struct agent_voice {
  std::string provider = "ElevenLabs";
  std::string voice_id = "NYC9WEgkq1u4jiqBseQ9";
  std::optional<std::string> model;
  std::optional<double> speed, stability, similarity; ///< all three or none, only with a model
};

struct agent_settings {
  agent_engine engine = agent_engine::conversation_relay;
  std::optional<std::string> url; ///< wss://
  std::string language = "en-US";
  std::optional<std::string> welcome_greeting;
  std::optional<std::string> knowledge_base_id;
  std::optional<std::string> vapi_assistant_id;
  std::optional<agent_voice> voice = agent_voice{}; ///< none: Twilio's default voice
};

struct rate_limit_settings {
  std::optional<double> number_segments_per_second, company_segments_per_second, campaign_segments_per_second;
};

struct quiet_hours {
  std::string start, end; ///< "HH:MM"
};

struct tenant_config {
  twilio_credentials credentials;
  std::optional<phone_number> legacy_number; ///< "phoneNumber": matches To whatever `numbers` says
  std::vector<company_number> numbers;

  routing_mode mode = routing_mode::ai_agent;
  std::vector<routing_mode> fallback_chain = {routing_mode::ai_agent, routing_mode::voicemail};
  bool recording_enabled = true;
  std::optional<phone_number> forward_number;
  int forward_timeout_seconds = 25;
  int forward_time_limit_seconds = 14'400;
  std::optional<std::string> whisper_message;
  voicemail_settings voicemail;
  agent_settings agent;
  rate_limit_settings rate_limit;
  std::optional<money> daily_spend_cap;
  std::optional<core::quiet_hours> quiet_hours;
  std::optional<std::vector<std::string>> allowed_countries;
  std::optional<std::string> auto_reply;
  std::optional<phone_number> whatsapp_number;
  bool smart_encoding = false;
  unknown_outcome on_unknown = unknown_outcome::hold;
  signature_mode signatures = signature_mode::enforce;
  bool mock_mode = false;

  hook_token hook; ///< the company's own webhook URL, for what belongs to no number
  int64_t version = 1;
  timestamp last_updated;

  /// The primary number, else the legacy one, else null: what sends, and what webhookUrls name.
  const phone_number* primary_number() const {
    for (const auto& n : numbers)
      if (n.primary && n.active)
        return &n.number;
    for (const auto& n : numbers)
      if (n.active)
        return &n.number;
    return legacy_number ? &*legacy_number : nullptr;
  }
};

/// The platform's own account (P1), if it is fully configured.
struct platform_account {
  std::string account_sid;
  secret auth_token;
};

/// Company-owned credentials take precedence; a company that has some never falls back [P6].
inline credential_source source_of(const tenant_config& config, bool platform_usable) {
  if (!config.credentials.account_sid.empty())
    return credential_source::company;
  return platform_usable ? credential_source::platform : credential_source::none;
}

} // namespace trunkline::core
