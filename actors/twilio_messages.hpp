#pragma once

#include "actors/local_message.hpp"
#include "actors/reply.hpp"
#include "core/outgoing.hpp"
#include "core/phone_number.hpp"
#include "core/secret.hpp"
#include "core/tenant_config.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace trunkline::actors {

// What the TWILIO client is asked. Every answer may be
//   ec::twilio_credentials_rejected  Twilio refused the credentials (401, or 403 for them); `twilio` has its words
//   ec::twilio_unreachable           no answer in time, 5xx, 429, or the account's breaker is open
//   ec::twilio_not_configured        there are no credentials at all
//   ec::overloaded                   too many questions are under way already; Twilio was not asked
// and carries what Twilio said in core::error::twilio where it said anything.

/// An account and what opens it: the API key if there is one, else the token. The account itself is read with the token
/// if there is one, because Twilio's standard API keys may not read it.
struct account_access {
  std::string account_sid;
  core::secret auth_token, api_key, api_secret;
};

inline account_access access_of(const core::twilio_credentials& own) {
  return {own.account_sid, own.auth_token, own.api_key, own.api_secret};
}

inline account_access access_of(const core::platform_account& platform) {
  return {platform.account_sid, platform.auth_token, {}, {}};
}

struct account_state {
  std::string status; ///< "active", "suspended", "closed"
  std::string type;   ///< "Full", "Trial"
  std::string friendly_name;
  int64_t latency_ms = 0;
};

struct fetch_account {
  account_access access;
  reply<account_state> answer;
};

/// A number as the account has it.
struct account_number {
  std::string sid; ///< "PN..."
  core::phone_number number;
  std::string friendly_name;
  bool voice = false, sms = false, mms = false;
  std::string voice_url, voice_method, sms_url, sms_method, status_callback;
  std::string voice_application_sid, sms_application_sid, trunk_sid; ///< "" for none; they win over the URLs
};

/// None: the account does not have it.
struct find_account_number {
  account_access access;
  core::phone_number number;
  reply<std::optional<account_number>> answer;
};

/// Twilio did nothing with a message, or it never left: it may go again after a while.
struct send_not_now {
  std::optional<int64_t> wait_ms;              ///< as Twilio or the breaker asks for
  bool slow_down = false, of_its_lane = false; ///< too much, for this number or else for the account
  std::string why;                             ///< for the log
};
using send_answer = std::variant<core::send_accepted, core::send_rejected, send_not_now, core::send_unknown>;

/// One POST at most. An error other than ec::twilio_not_configured says nothing of what became of it.
struct send_message {
  account_access access;
  core::outgoing_message message;
  std::string status_callback; ///< where Twilio tells of it
  bool smart_encoded = false;
  std::function<bool()> may_send; ///< asked again before each piece that leaves
  reply<send_answer> answer;
};

/// What the account has sent from the one to the other, in any order; all of it or an error.
struct list_sent_messages {
  account_access access;
  std::string communication_type;
  core::phone_number from, to;
  reply<std::vector<core::sent_candidate>> answer;
};

struct recording_audio {
  std::string content_type, bytes;
};

/// ec::not_found when Twilio no longer has it.
struct fetch_recording {
  account_access access;
  std::string recording_sid;
  reply<recording_audio> answer;
};

} // namespace trunkline::actors

TRUNKLINE_LOCAL_MESSAGE(fetch_account)
TRUNKLINE_LOCAL_MESSAGE(find_account_number)
TRUNKLINE_LOCAL_MESSAGE(fetch_recording)
TRUNKLINE_LOCAL_MESSAGE(send_message)
TRUNKLINE_LOCAL_MESSAGE(list_sent_messages)
