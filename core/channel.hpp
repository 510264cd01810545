#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/message.hpp"
#include "core/phone_number.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace trunkline::core {

/// A number of the company and one counterpart: a conversation. The names are those of the API's Channel.
struct channel_record {
  channel_id id;
  tenant_id tenant;
  std::string communication_type; ///< "sms" | "whatsapp"
  phone_number twilio_number, user_phone_number;
  std::string profile_name; ///< what WhatsApp calls the counterpart; empty if unknown
  std::optional<message_record> last_message;
  timestamp last_message_at; ///< what channels are listed by
  int64_t unread_count = 0;
  bool opted_out = false;
  std::optional<timestamp> window_until; ///< of WhatsApp, when it was last opened until then
  timestamp created_at, updated_at;
};

struct channel_filter {
  tenant_id tenant;
  std::string communication_type; ///< empty for any
  bool unread_only = false;
};

/// So long WhatsApp lets a company write freely after the customer has written.
inline constexpr int64_t whatsapp_window_ms = 24 * 3'600 * 1'000;

/// When a window that is open now closes; none if it is not open.
constexpr std::optional<timestamp> open_until(const std::optional<timestamp>& window_until, timestamp now) {
  return window_until && now < *window_until ? window_until : std::nullopt;
}

} // namespace trunkline::core
