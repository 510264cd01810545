#pragma once

#include "core/call.hpp"
#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/message.hpp"

#include <optional>
#include <string>

namespace trunkline::core {

/// Which of Twilio's webhooks it was. The text in the database is to_string().
enum class webhook_kind : uint8_t { voice, dial, relay, whisper, fallback, sms, status, recording, transcription };

std::string_view to_string(webhook_kind kind);

/// What makes two deliveries the same event: every part is signed by Twilio (or our own path), none is ever NULL.
struct webhook_key {
  tenant_id tenant;
  webhook_kind kind = webhook_kind::voice;
  std::string sid;       ///< CallSid, MessageSid, RecordingSid or TranscriptionSid
  std::string status;    ///< CallStatus, MessageStatus, RecordingStatus, ...; "" where there is none
  int64_t sequence = -1; ///< SequenceNumber; -1 where there is none
  int step = -1;         ///< step of the fallback chain, from the path; -1 where there is none

  friend bool operator==(const webhook_key&, const webhook_key&) = default;
};

/// What Twilio was answered, kept so that a duplicate gets the same bytes.
struct webhook_answer {
  int status = 200;
  std::string content_type; ///< empty with an empty body (204)
  std::string body;

  friend bool operator==(const webhook_answer&, const webhook_answer&) = default;
};

/// One accepted webhook with everything that must be durable before its answer leaves.
struct webhook_event {
  webhook_key key;
  timestamp received_at;
  std::string params; ///< the form body as received, valid UTF-8
  webhook_answer answer;
  std::optional<call_facts> call;
  std::optional<message_record> message;
  std::optional<message_status_change> message_status;
  std::optional<opt_out_change> opt_out;
  std::string profile_name; ///< what WhatsApp calls the sender of `message`; empty if it does not say
};

} // namespace trunkline::core
