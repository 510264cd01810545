#pragma once

#include "persistence/database.hpp"
#include "persistence/message_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace soci {
class session;
}

namespace trunkline::persistence {

/// A message that has just been stored, as its channel sees it.
struct channel_touch {
  std::string channel, company, communication_type, twilio_number, user_phone_number;
  std::string profile_name; ///< empty if the message does not tell it
  std::string message;
  int64_t at = 0; ///< created_at of the message
  bool inbound = false;

  channel_touch() = default;
  explicit channel_touch(const message_row& message, std::string profile_name = {});
  explicit channel_touch(const core::message_record& message, std::string profile_name = {})
      : channel_touch(message_row(message), std::move(profile_name)) {}
};

/// A channel as some messages make it, if there was none before.
struct channel_row {
  std::string id, company, communication_type, twilio_number, user_phone_number, profile_name, last_message_id;
  int64_t last_message_at = 0, unread_count = 0;
  std::optional<int64_t> window_until;
  int64_t created_at = 0, updated_at = 0;
};

/// The columns of table channel, in the order of channel_row.
inline constexpr std::string_view channel_columns =
    "id, company_id, communication_type, twilio_number, user_phone_number, profile_name, last_message_id, "
    "last_message_at, unread_count, window_until, created_at, updated_at";

/// After "insert into channel as c": how what messages make of a channel meets what is there. Says the same as fold().
std::string merge_channel(dialect kind);

/// Every channel once, by id: two transactions that touch the same channels lock them in the same order. The last
/// message is the latest by (created_at, id), whatever the order in which they come.
std::vector<channel_row> fold(const std::vector<channel_touch>& messages);

/// Within the transaction that has stored these messages, each of them only once: makes their channels, or moves them
/// forward. May throw SOCI's exceptions.
void touch_channels(soci::session& sql, dialect kind, const std::vector<channel_touch>& messages);

} // namespace trunkline::persistence
