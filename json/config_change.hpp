#pragma once

#include "core/tenant_config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trunkline::json {

/// What a PUT of the Twilio configuration asks for. No value: the key was left out and nothing changes. null has become
/// the default already: an empty string or secret for credentials, none for what may be unset.
struct config_change {
  std::optional<std::string> account_sid; ///< empty: clear all credentials
  std::optional<core::secret> auth_token, next_auth_token, api_key, api_secret;
  bool promote_next_auth_token = false;

  std::optional<std::optional<core::phone_number>> legacy_number;
  std::optional<std::vector<core::company_number>> numbers; ///< without hook tokens

  std::optional<core::routing_mode> mode;
  std::optional<std::vector<core::routing_mode>> fallback_chain; ///< empty: derived from the mode
  std::optional<bool> recording_enabled;
  std::optional<std::optional<core::phone_number>> forward_number;
  std::optional<int> forward_timeout_seconds;
  std::optional<int> forward_time_limit_seconds;
  std::optional<std::optional<std::string>> whisper_message;
  std::optional<core::voicemail_settings> voicemail;
  std::optional<core::agent_settings> agent;
  std::optional<core::rate_limit_settings> rate_limit;
  std::optional<std::optional<core::money>> daily_spend_cap;
  std::optional<std::optional<core::quiet_hours>> quiet_hours;
  std::optional<std::optional<std::vector<std::string>>> allowed_countries;
  std::optional<std::optional<std::string>> auto_reply;
  std::optional<std::optional<core::phone_number>> whatsapp_number;
  std::optional<bool> smart_encoding;
  std::optional<core::unknown_outcome> on_unknown;
  std::optional<core::signature_mode> signatures;
  std::optional<bool> mock_mode;

  /// Must Twilio be asked before this may be stored?
  bool changes_credentials() const {
    return account_sid || auth_token || next_auth_token || api_key || api_secret || promote_next_auth_token;
  }
};

} // namespace trunkline::json
