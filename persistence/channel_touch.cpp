#include "persistence/channel_touch.hpp"

#include "core/channel.hpp"
#include "persistence/json_rows.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace trunkline::persistence {

namespace {

channel_row first_of(const channel_touch& m) {
  channel_row row{m.channel,
                  m.company,
                  m.communication_type,
                  m.twilio_number,
                  m.user_phone_number,
                  m.profile_name,
                  m.message,
                  m.at,
                  m.inbound ? 1 : 0,
                  std::nullopt,
                  m.at,
                  m.at};
  if (m.inbound && m.communication_type == "whatsapp")
    row.window_until = m.at + core::whatsapp_window_ms;
  return row;
}

/// As merge_channel() has it in SQL.
void merge(channel_row& mine, const channel_row& next) {
  if (!next.profile_name.empty() && (mine.profile_name.empty() || next.last_message_at >= mine.last_message_at))
    mine.profile_name = next.profile_name;
  if (std::tie(next.last_message_at, next.last_message_id) > std::tie(mine.last_message_at, mine.last_message_id)) {
    mine.last_message_at = next.last_message_at;
    mine.last_message_id = next.last_message_id;
  }
  mine.unread_count += next.unread_count;
  mine.window_until = std::max(mine.window_until, next.window_until);
  mine.created_at = std::min(mine.created_at, next.created_at);
  mine.updated_at = std::max(mine.updated_at, next.updated_at);
}

} // namespace

channel_touch::channel_touch(const message_row& m, std::string name)
    : channel(m.channel),
      company(m.company),
      communication_type(m.communication_type),
      twilio_number(m.twilio_number),
      user_phone_number(m.user_phone_number),
      profile_name(std::move(name)),
      message(m.id),
      at(m.created_at),
      inbound(m.direction == "inbound") {}

std::string merge_channel(dialect kind) {
  const bool sqlite = kind == dialect::sqlite;
  // min() and max() of SQLite are NULL as soon as one side is; greatest() and least() pass over it.
  return fmt::format(
      "on conflict (id) do update set profile_name = case when excluded.profile_name <> '' and (c.profile_name = '' or "
      "excluded.last_message_at >= c.last_message_at) then excluded.profile_name else c.profile_name end, "
      "last_message_id = case when (excluded.last_message_at, excluded.last_message_id) > (c.last_message_at, "
      "c.last_message_id) then excluded.last_message_id else c.last_message_id end, "
      "last_message_at = {0}(c.last_message_at, excluded.last_message_at), "
      "unread_count = c.unread_count + excluded.unread_count, "
      "window_until = {1}, created_at = {2}(c.created_at, excluded.created_at), "
      "updated_at = {0}(c.updated_at, excluded.updated_at)",
      sqlite ? "max" : "greatest",
      sqlite ? "coalesce(max(c.window_until, excluded.window_until), c.window_until, excluded.window_until)"
             : "greatest(c.window_until, excluded.window_until)",
      sqlite ? "min" : "least");
}

std::vector<channel_row> fold(const std::vector<channel_touch>& messages) {
  std::map<std::string_view, channel_row> by_id;
  for (const auto& message : messages) {
    const auto next = first_of(message);
    if (const auto [place, fresh] = by_id.try_emplace(message.channel, next); !fresh)
      merge(place->second, next);
  }
  std::vector<channel_row> rows;
  rows.reserve(by_id.size());
  for (auto& [id, row] : by_id)
    rows.push_back(std::move(row));
  return rows;
}

void touch_channels(soci::session& sql, dialect kind, const std::vector<channel_touch>& messages) {
  if (messages.empty())
    return;
  json_rows rows;
  for (const auto& r : fold(messages))
    rows.add(r.id, r.company, r.communication_type, r.twilio_number, r.user_phone_number, r.profile_name,
             r.last_message_id, r.last_message_at, r.unread_count, r.window_until, r.created_at, r.updated_at);
  const auto table = from_json_rows(kind, {{"id", "text"},
                                           {"company_id", "text"},
                                           {"communication_type", "text"},
                                           {"twilio_number", "text"},
                                           {"user_phone_number", "text"},
                                           {"profile_name", "text"},
                                           {"last_message_id", "text"},
                                           {"last_message_at", "bigint"},
                                           {"unread_count", "bigint"},
                                           {"window_until", "bigint"},
                                           {"created_at", "bigint"},
                                           {"updated_at", "bigint"}});
  // "where true" tells SQLite that what follows is no condition of a join.
  execute(sql,
          fmt::format("insert into channel as c ({0}) select {0} from {1} where true order by id {2}", channel_columns,
                      table, merge_channel(kind)),
          rows.take());
}

} // namespace trunkline::persistence
