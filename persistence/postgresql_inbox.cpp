#include "persistence/inbox_writer.hpp"
#include "persistence/postgresql_at_once.hpp"
#include "persistence/postgresql_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trunkline::persistence {

namespace {

using namespace postgresql;

constexpr std::string_view insert_events_sql =
    "with v as materialized ({version}), e as ({insert}) select count(*), (select version from v) from e";

/// lateral and limit keep the planner at one index lookup per key, whatever it believes about the size of the table.
constexpr std::string_view read_events_sql =
    "select k.position, e.receipt, e.answer_status, e.answer_type, e.answer_body "
    "from {} as k (position, company_id, kind, sid, status, sequence, step) cross join lateral "
    "(select receipt, answer_status, answer_type, answer_body from webhook_event w where w.company_id = k.company_id "
    "and w.kind = k.kind and w.sid = k.sid and w.status = k.status and w.sequence = k.sequence and w.step = k.step "
    "limit 1) as e";

constexpr std::string_view merge_calls_sql = "insert into call as c ({columns}) select * from {table} {merge}";

constexpr std::string_view insert_messages_sql =
    "insert into message ({columns}) select * from {table} on conflict do nothing returning id";

constexpr std::string_view change_messages_sql =
    "update message as m set status = case when u.rank > m.status_rank then u.status else m.status end, "
    "status_rank = greatest(m.status_rank, u.rank), "
    "error_code = case when u.rank > m.status_rank then coalesce(u.error_code, m.error_code) else m.error_code end, "
    "updated_at = greatest(m.updated_at, u.at), sent_at = least(m.sent_at, u.sent_at), "
    "delivered_at = least(m.delivered_at, u.delivered_at) "
    "from {} as u (company_id, twilio_sid, status, rank, error_code, at, sent_at, delivered_at) "
    "where m.company_id = u.company_id and m.twilio_sid = u.twilio_sid and m.twilio_sid <> ''";

/// A callback may come before the answer to the request, or instead of it: it names the message, and that it went out.
/// All that are named are locked in the order of their ids, as step_messages() does: the answers come at the same time.
constexpr std::string_view bind_messages_sql =
    "with u as materialized (select * from {} as told (company_id, message_id, twilio_sid, at)), "
    "l as materialized (select id from message where id in (select message_id from u) order by id for update) "
    "update message as m set twilio_sid = u.twilio_sid, sent_at = coalesce(m.sent_at, u.at), "
    "status = case when m.status = 'unknown' then 'sent' else m.status end, "
    "status_rank = case when m.status = 'unknown' then 3 else m.status_rank end "
    "from u where m.id = u.message_id and m.id in (select id from l) and m.company_id = u.company_id "
    "and m.twilio_sid = '' and not exists (select 1 from message x where x.company_id = u.company_id and "
    "x.twilio_sid = u.twilio_sid)";

/// Says the same as fold() of an opt_out_row.
constexpr std::string_view change_opt_outs_sql =
    "insert into opt_out as o (company_id, phone_number, opted_out, source, changed_at) "
    "select company_id, phone_number, opted_out, 'keyword', changed_at "
    "from {} as u (company_id, phone_number, opted_out, changed_at) "
    "on conflict (company_id, phone_number) do update set opted_out = excluded.opted_out, source = excluded.source, "
    "changed_at = greatest(o.changed_at, excluded.changed_at) where excluded.opted_out > o.opted_out "
    "or excluded.changed_at > o.changed_at";

/// The table's place in the text is the statement's to fill.
std::string with_columns(std::string_view sql, std::string_view columns) {
  return fmt::format(fmt::runtime(sql), fmt::arg("columns", columns), fmt::arg("table", "{}"),
                     fmt::arg("merge", merge_call));
}

template <class Rows>
void fill(array_statement& statement, const Rows& rows) {
  statement.clear();
  for (auto row : rows)
    std::apply([&](const auto&... column) { statement.table(0).add_row(column...); }, row.columns());
}

class postgresql_inbox final : public inbox_writer {
public:
  explicit postgresql_inbox(soci::session& sql)
      : at_once_(make_at_once_writer(sql)),
        insert_events_(sql,
                       fmt::format(fmt::runtime(insert_events_sql), fmt::arg("version", watch_version_sql),
                                   fmt::arg("insert", insert_events_if_watched_alike())),
                       {event_types, version_types}),
        read_events_(sql, read_events_sql, {{integer, text, text, text, text, bigint, integer}}),
        merge_calls_(sql, with_columns(merge_calls_sql, call_columns), {call_types}),
        insert_messages_(sql, with_columns(insert_messages_sql, message_columns), {message_types}),
        change_messages_(sql, change_messages_sql, {{text, text, text, integer, bigint, bigint, bigint, bigint}}),
        bind_messages_(sql, bind_messages_sql, {{text, text, text, bigint}}),
        change_opt_outs_(sql, change_opt_outs_sql, {{text, text, smallint, bigint}}) {
    read_events_.define(position_, receipt_, answer_.status, answer_.content_type, answer_.body);
    insert_events_.define(stored_, version_);
    insert_messages_.define(fresh_);
  }

  bool store_at_once(std::span<inbox_entry> entries, const watched_companies::snapshot& watched) override {
    const auto plain = plain_batch::of(entries, watched);
    if (!plain)
      return false;
    const auto outcome = at_once_->store(*plain, watched.version);
    if (outcome == at_once_writer::outcome::impossible)
      return false;
    settle(entries, outcome == at_once_writer::outcome::all_new);
    return true;
  }

  bool insert_events(std::span<inbox_entry> entries, const watched_companies::snapshot& watched) override {
    insert_events_.clear();
    for (const auto& entry : entries)
      add_event(insert_events_.table(0), entry);
    insert_events_.table(1).add(watched.version);
    insert_events_.query();
    if (version_ != watched.version)
      return false;
    settle(entries, stored_ == static_cast<long long>(entries.size()));
    return true;
  }

  void merge_calls(std::span<const call_row> calls) override {
    fill(merge_calls_, calls);
    merge_calls_.execute();
  }

  std::vector<std::string> insert_messages(std::span<const message_row> messages) override {
    fill(insert_messages_, messages);
    std::vector<std::string> fresh;
    for (bool row = insert_messages_.query(); row; row = insert_messages_.fetch())
      fresh.push_back(fresh_);
    std::sort(fresh.begin(), fresh.end());
    return fresh;
  }

  void change_messages(std::span<const message_change> changes) override {
    bind_messages(changes);
    change_messages_.clear();
    for (const auto& c : changes)
      change_messages_.table(0).add_row(c.company, c.twilio_sid, c.status, c.status_rank, c.error_code, c.at, c.sent_at,
                                        c.delivered_at);
    change_messages_.execute();
  }

  void change_opt_outs(std::span<const opt_out_row> rows) override {
    change_opt_outs_.clear();
    for (const auto& row : rows)
      change_opt_outs_.table(0).add_row(row.company, row.number, row.opted_out, row.changed_at);
    change_opt_outs_.execute();
  }

private:
  void bind_messages(std::span<const message_change> changes) {
    bind_messages_.clear();
    bool any = false;
    for (const auto& c : changes)
      if (!c.message.empty()) {
        bind_messages_.table(0).add_row(c.company, c.message, c.twilio_sid, c.at);
        any = true;
      }
    if (any)
      bind_messages_.execute();
  }

  void settle(std::span<inbox_entry> entries, bool all_won) {
    for (auto& entry : entries)
      entry.won = all_won;
    if (!all_won)
      find_winners(entries);
  }

  /// A statement of its own: the rows of others that the insert ran into may be newer than its snapshot.
  void find_winners(std::span<inbox_entry> entries) {
    read_events_.clear();
    long long position = 0;
    for (const auto& entry : entries) {
      const auto& key = entry.event->key;
      read_events_.table(0).add_row(position++, key.tenant.value, core::to_string(key.kind), key.sid, key.status,
                                    key.sequence, key.step);
    }
    for (bool row = read_events_.query(); row; row = read_events_.fetch()) {
      auto& entry = entries[static_cast<size_t>(position_)];
      entry.won = receipt_ == entry.receipt;
      entry.stored_answer = answer_;
    }
  }

  std::shared_ptr<at_once_writer> at_once_;
  array_statement insert_events_, read_events_, merge_calls_, insert_messages_, change_messages_, bind_messages_,
      change_opt_outs_;
  long long position_ = 0, receipt_ = 0;
  core::webhook_answer answer_;
  long long stored_ = 0, version_ = 0;
  std::string fresh_;
};

} // namespace

std::shared_ptr<inbox_writer> make_postgresql_inbox(soci::session& sql) {
  return std::make_shared<postgresql_inbox>(sql);
}

} // namespace trunkline::persistence
