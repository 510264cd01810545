#pragma once

#include "core/channel.hpp"
#include "persistence/database.hpp"
#include "persistence/statement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trunkline::persistence {

/// A channel as it is read: with whether its counterpart has opted out, and without its last message.
///   fmt::format("select {} from {} where ...", read_channel_columns, read_channel_tables)
inline constexpr std::string_view read_channel_columns =
    "c.id, c.company_id, c.communication_type, c.twilio_number, c.user_phone_number, c.profile_name, "
    "c.last_message_id, c.last_message_at, c.unread_count, c.window_until, c.created_at, c.updated_at, "
    "coalesce(o.opted_out, 0)";
inline constexpr std::string_view read_channel_tables =
    "channel c left join opt_out o on o.company_id = c.company_id and o.phone_number = c.user_phone_number";

struct read_channel_row {
  std::string id, company, communication_type, twilio_number, user_phone_number, profile_name, last_message_id;
  long long last_message_at = 0, unread_count = 0;
  nullable_int window_until;
  long long created_at = 0, updated_at = 0, opted_out = 0;

  auto columns() {
    return std::tie(id, company, communication_type, twilio_number, user_phone_number, profile_name, last_message_id,
                    last_message_at, unread_count, window_until, created_at, updated_at, opted_out);
  }
  core::channel_record record() const;
};

/// The channels of these rows with their last messages, in the order of the rows; one statement for all messages.
std::vector<core::channel_record> with_last_messages(soci::session& sql, dialect kind,
                                                     const std::vector<read_channel_row>& rows);

/// Channels by id, and messages by id, in any order; what is not there is left out.
std::vector<core::channel_record> read_channels(soci::session& sql, dialect kind, const std::vector<std::string>& ids);
std::vector<core::message_record> read_messages(soci::session& sql, dialect kind, const std::vector<std::string>& ids);

} // namespace trunkline::persistence
