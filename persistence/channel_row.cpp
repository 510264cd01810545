#include "persistence/channel_row.hpp"

#include "persistence/json_rows.hpp"
#include "persistence/message_row.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace trunkline::persistence {

core::channel_record read_channel_row::record() const {
  core::channel_record channel;
  channel.id.value = id;
  channel.tenant.value = company;
  channel.communication_type = communication_type;
  channel.twilio_number = core::phone_number(twilio_number);
  channel.user_phone_number = core::phone_number(user_phone_number);
  channel.profile_name = profile_name;
  channel.last_message_at.ms = last_message_at;
  channel.unread_count = unread_count;
  channel.opted_out = opted_out != 0;
  channel.window_until = time_of(window_until);
  channel.created_at.ms = created_at;
  channel.updated_at.ms = updated_at;
  return channel;
}

std::vector<core::message_record> read_messages(soci::session& sql, dialect kind, const std::vector<std::string>& ids) {
  std::vector<core::message_record> found;
  if (ids.empty())
    return found;
  json_rows wanted;
  for (const auto& id : ids)
    wanted.add(id);
  message_row row;
  for_each_row(
      sql,
      fmt::format("select {} from message where id in (select id from {})", message_columns,
                  from_json_rows(kind, {{"id", "text"}})),
      row.columns(), [&] { found.push_back(row.record()); }, wanted.take());
  return found;
}

std::vector<core::channel_record> read_channels(soci::session& sql, dialect kind, const std::vector<std::string>& ids) {
  std::vector<read_channel_row> found;
  if (ids.empty())
    return {};
  json_rows wanted;
  for (const auto& id : ids)
    wanted.add(id);
  read_channel_row row;
  for_each_row(
      sql,
      fmt::format("select {} from {} where c.id in (select id from {})", read_channel_columns, read_channel_tables,
                  from_json_rows(kind, {{"id", "text"}})),
      row.columns(), [&] { found.push_back(row); }, wanted.take());
  return with_last_messages(sql, kind, found);
}

std::vector<core::channel_record> with_last_messages(soci::session& sql, dialect kind,
                                                     const std::vector<read_channel_row>& rows) {
  std::vector<std::string> ids;
  for (const auto& row : rows)
    ids.push_back(row.last_message_id);
  std::unordered_map<std::string, core::message_record> messages;
  for (auto& message : read_messages(sql, kind, ids))
    messages.emplace(message.id.value, std::move(message));
  std::vector<core::channel_record> channels;
  channels.reserve(rows.size());
  for (const auto& row : rows) {
    auto& channel = channels.emplace_back(row.record());
    if (const auto last = messages.find(row.last_message_id); last != messages.end())
      channel.last_message = last->second;
  }
  return channels;
}

} // namespace trunkline::persistence
