#include "persistence/postgresql_at_once.hpp"

#include "persistence/postgresql_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace trunkline::persistence {

namespace {

using namespace postgresql;

constexpr std::string_view insert_events =
    "with e as (insert into webhook_event ({columns}) select * from {table} on conflict do nothing returning receipt)";

constexpr std::string_view insert_calls =
    ", c as (insert into call as c ({columns}) select {columns} from {table} as told (receipt, {columns}) "
    "where receipt in (select receipt from e) {merge})";

constexpr std::string_view insert_messages =
    ", m as (insert into message ({columns}) select {columns} from {table} as told (receipt, {columns}) "
    "where receipt in (select receipt from e) on conflict do nothing)";

/// The table's place in the text is the statement's to fill.
std::string part(std::string_view sql, std::string_view columns) {
  return fmt::format(fmt::runtime(sql), fmt::arg("columns", columns), fmt::arg("table", "{}"),
                     fmt::arg("merge", merge_call));
}

std::unique_ptr<array_statement> make_statement(soci::session& sql, bool calls, bool messages) {
  auto text = part(insert_events, event_columns);
  std::vector<array_statement::types> tables{event_types};
  if (calls) {
    text += part(insert_calls, call_columns);
    tables.push_back(told_call_types);
  }
  if (messages) {
    text += part(insert_messages, message_columns);
    tables.push_back(told_message_types);
  }
  text += " select count(*) from e";
  return std::make_unique<array_statement>(sql, text, tables, text_form::separated);
}

template <class Rows>
void add_told(row_arrays& table, const Rows& rows) {
  for (auto [receipt, row] : rows) {
    table.add(receipt);
    std::apply([&table](const auto&... column) { table.add_row(column...); }, row.columns());
  }
}

class at_once final : public at_once_writer {
public:
  explicit at_once(soci::session& sql) : sql_(sql) {}

  outcome store(const plain_batch& batch) override {
    auto& statement = statement_for(!batch.calls.empty(), !batch.messages.empty());
    statement.clear();
    size_t table = 0;
    for (const auto& entry : batch.events)
      add_event(statement.table(table), entry);
    if (!batch.calls.empty())
      add_told(statement.table(++table), batch.calls);
    if (!batch.messages.empty())
      add_told(statement.table(++table), batch.messages);
    if (!statement.fits())
      return outcome::impossible;
    statement.query();
    return stored_ == static_cast<long long>(batch.events.size()) ? outcome::all_new : outcome::some_known;
  }

private:
  array_statement& statement_for(bool calls, bool messages) {
    auto& statement = statements_[(calls ? 1 : 0) + (messages ? 2 : 0)];
    if (!statement) {
      statement = make_statement(sql_, calls, messages);
      statement->define(stored_);
    }
    return *statement;
  }

  soci::session& sql_;
  std::array<std::unique_ptr<array_statement>, 4> statements_;
  long long stored_ = 0;
};

template <class Row, class Key>
bool sort_and_find_twins(std::vector<std::pair<int64_t, Row>>& rows, Key key) {
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a.second) < key(b.second); });
  return std::adjacent_find(rows.begin(), rows.end(),
                            [&](const auto& a, const auto& b) { return key(a.second) == key(b.second); }) != rows.end();
}

} // namespace

std::optional<plain_batch> plain_batch::of(std::span<const inbox_entry> entries) {
  plain_batch plain{entries, {}, {}};
  for (const auto& entry : entries) {
    const auto& event = *entry.event;
    if (event.message_status || event.opt_out)
      return std::nullopt;
    if (event.call)
      plain.calls.emplace_back(entry.receipt, call_row(event.key.tenant, *event.call));
    if (event.message)
      plain.messages.emplace_back(entry.receipt, message_row(*event.message));
  }
  if (sort_and_find_twins(plain.calls, [](const call_row& c) { return std::tie(c.company, c.id); }) ||
      sort_and_find_twins(plain.messages, [](const message_row& m) { return std::tie(m.id); }))
    return std::nullopt;
  return plain;
}

std::shared_ptr<at_once_writer> make_at_once_writer(soci::session& sql) { return std::make_shared<at_once>(sql); }

} // namespace trunkline::persistence
