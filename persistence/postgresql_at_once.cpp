#include "persistence/postgresql_at_once.hpp"

#include "core/channel.hpp"
#include "persistence/postgresql_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace trunkline::persistence {

namespace {

using namespace postgresql;

constexpr std::string_view insert_calls =
    ", c as (insert into call as c ({columns}) select {columns} from {table} as told (receipt, {columns}) "
    "where receipt in (select receipt from e) {merge})";

/// Messages that were not there yet, and their channels: all of them from customers. Says the same as fold().
constexpr std::string_view insert_messages =
    ", told as materialized (select * from {table} as t (receipt, profile_name, {columns}) "
    "where receipt in (select receipt from e))"
    ", m as (insert into message ({columns}) select {columns} from told on conflict do nothing returning id)"
    ", h as (insert into channel as c ({channel_columns}) "
    "select channel_id, company_id, communication_type, twilio_number, user_phone_number, "
    "coalesce((array_agg(profile_name order by created_at desc, id desc) filter (where profile_name <> ''))[1], ''), "
    "(array_agg(id order by created_at desc, id desc))[1], max(created_at), count(*), "
    "case when communication_type = 'whatsapp' then max(created_at) + {window} end, min(created_at), max(created_at) "
    "from told join m using (id) "
    "group by channel_id, company_id, communication_type, twilio_number, user_phone_number order by channel_id "
    "{merge_channel})";

/// The table's place in the text is the statement's to fill.
std::string part(std::string_view sql, std::string_view columns) {
  return fmt::format(fmt::runtime(sql), fmt::arg("columns", columns), fmt::arg("table", "{}"),
                     fmt::arg("merge", merge_call), fmt::arg("channel_columns", channel_columns),
                     fmt::arg("merge_channel", merge_channel(dialect::postgresql)),
                     fmt::arg("window", core::whatsapp_window_ms));
}

std::unique_ptr<array_statement> make_statement(soci::session& sql, bool calls, bool messages) {
  auto text =
      fmt::format("with v as materialized ({}), e as ({})", watch_version_sql, insert_events_if_watched_alike());
  std::vector<array_statement::types> tables{event_types, version_types};
  if (calls) {
    text += part(insert_calls, call_columns);
    tables.push_back(told_call_types);
  }
  if (messages) {
    text += part(insert_messages, message_columns);
    tables.push_back(told_message_types);
  }
  text += " select count(*), (select version from v) from e";
  return std::make_unique<array_statement>(sql, text, tables, text_form::separated);
}

template <class Row>
void add_columns(row_arrays& table, Row row) {
  std::apply([&table](const auto&... column) { table.add_row(column...); }, row.columns());
}

class at_once final : public at_once_writer {
public:
  explicit at_once(soci::session& sql) : sql_(sql) {}

  outcome store(const plain_batch& batch, int64_t watched) override {
    auto& statement = statement_for(!batch.calls.empty(), !batch.messages.empty());
    statement.clear();
    for (const auto& entry : batch.events)
      add_event(statement.table(0), entry);
    statement.table(1).add(watched);
    size_t table = 1;
    if (!batch.calls.empty())
      ++table;
    for (const auto& [receipt, row] : batch.calls) {
      statement.table(table).add(receipt);
      add_columns(statement.table(table), row);
    }
    if (!batch.messages.empty())
      ++table;
    for (const auto& [receipt, profile_name, row] : batch.messages) {
      statement.table(table).add_row(receipt, profile_name);
      add_columns(statement.table(table), row);
    }
    if (!statement.fits())
      return outcome::impossible;
    statement.query();
    if (version_ != watched)
      return outcome::impossible;
    return stored_ == static_cast<long long>(batch.events.size()) ? outcome::all_new : outcome::some_known;
  }

private:
  array_statement& statement_for(bool calls, bool messages) {
    auto& statement = statements_[(calls ? 1 : 0) + (messages ? 2 : 0)];
    if (!statement) {
      statement = make_statement(sql_, calls, messages);
      statement->define(stored_, version_);
    }
    return *statement;
  }

  soci::session& sql_;
  std::array<std::unique_ptr<array_statement>, 4> statements_;
  long long stored_ = 0, version_ = 0;
};

template <class Row, class Key>
bool sort_and_find_twins(std::vector<Row>& rows, Key key) {
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return std::adjacent_find(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }) !=
         rows.end();
}

} // namespace

std::optional<plain_batch> plain_batch::of(std::span<const inbox_entry> entries,
                                           const watched_companies::snapshot& watched) {
  plain_batch plain{entries, {}, {}};
  for (const auto& entry : entries) {
    const auto& event = *entry.event;
    if (event.message_status || event.opt_out || (!watched.companies.empty() && watched.has(event.key.tenant)))
      return std::nullopt;
    if (event.call)
      plain.calls.emplace_back(entry.receipt, call_row(event.key.tenant, *event.call));
    if (event.message)
      plain.messages.push_back({entry.receipt, event.profile_name, message_row(*event.message)});
  }
  if (sort_and_find_twins(plain.calls, [](const auto& c) { return std::tie(c.second.company, c.second.id); }) ||
      sort_and_find_twins(plain.messages, [](const auto& m) { return std::tie(m.row.id); }))
    return std::nullopt;
  return plain;
}

std::shared_ptr<at_once_writer> make_at_once_writer(soci::session& sql) { return std::make_shared<at_once>(sql); }

} // namespace trunkline::persistence
