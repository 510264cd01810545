#include "persistence/inbox_writer.hpp"
#include "persistence/postgresql_arrays.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

namespace {

constexpr std::string_view text = "text", integer = "integer", bigint = "bigint", smallint = "smallint";

constexpr std::string_view insert_events_sql =
    "insert into webhook_event (company_id, kind, sid, status, sequence, step, received_at, params, answer_status, "
    "answer_type, answer_body, call_sid, receipt) select * from {} on conflict do nothing";

/// lateral and limit keep the planner at one index lookup per key, whatever it believes about the size of the table.
constexpr std::string_view read_events_sql =
    "select k.position, e.receipt, e.answer_status, e.answer_type, e.answer_body "
    "from {} as k (position, company_id, kind, sid, status, sequence, step) cross join lateral "
    "(select receipt, answer_status, answer_type, answer_body from webhook_event w where w.company_id = k.company_id "
    "and w.kind = k.kind and w.sid = k.sid and w.status = k.status and w.sequence = k.sequence and w.step = k.step "
    "limit 1) as e";

/// Says the same as core::merge(). greatest() and least() pass over NULL, and text compares by bytes.
constexpr std::string_view merge_calls_sql =
    "insert into call as c ({columns}) select * from {arrays} on conflict (company_id, id) do update set "
    "direction = greatest(c.direction, excluded.direction), from_party = greatest(c.from_party, excluded.from_party), "
    "to_party = greatest(c.to_party, excluded.to_party), "
    "status = case when (excluded.status_rank, excluded.status) > (c.status_rank, c.status) then excluded.status "
    "else c.status end, status_rank = greatest(c.status_rank, excluded.status_rank), "
    "started_at = least(c.started_at, excluded.started_at), answered_at = least(c.answered_at, excluded.answered_at), "
    "ended_at = greatest(c.ended_at, excluded.ended_at), "
    "duration_seconds = greatest(c.duration_seconds, excluded.duration_seconds), "
    "route_configured = greatest(c.route_configured, excluded.route_configured), "
    "step_1 = greatest(c.step_1, excluded.step_1), step_2 = greatest(c.step_2, excluded.step_2), "
    "step_3 = greatest(c.step_3, excluded.step_3), recording = greatest(c.recording, excluded.recording), "
    "transcription = greatest(c.transcription, excluded.transcription)";

constexpr std::string_view change_messages_sql =
    "update message as m set status = case when u.rank > m.status_rank then u.status else m.status end, "
    "status_rank = greatest(m.status_rank, u.rank), "
    "error_code = case when u.rank > m.status_rank then coalesce(u.error_code, m.error_code) else m.error_code end, "
    "updated_at = greatest(m.updated_at, u.at), sent_at = least(m.sent_at, u.sent_at), "
    "delivered_at = least(m.delivered_at, u.delivered_at) "
    "from {} as u (company_id, twilio_sid, status, rank, error_code, at, sent_at, delivered_at) "
    "where m.company_id = u.company_id and m.twilio_sid = u.twilio_sid and m.twilio_sid <> ''";

constexpr std::string_view change_opt_outs_sql =
    "insert into opt_out as o (company_id, phone_number, opted_out, source, changed_at) "
    "select company_id, phone_number, opted_out, 'keyword', changed_at "
    "from {} as u (company_id, phone_number, opted_out, changed_at) "
    "on conflict (company_id, phone_number) do update set opted_out = excluded.opted_out, source = excluded.source, "
    "changed_at = excluded.changed_at where (excluded.changed_at, excluded.opted_out) > (o.changed_at, o.opted_out)";

std::string with_columns(std::string_view sql, const std::string& columns) {
  return fmt::format(fmt::runtime(sql), fmt::arg("columns", columns), fmt::arg("arrays", "{}"));
}

template <class... Values>
void add_row(array_statement& statement, const Values&... values) {
  (statement.add(values), ...);
}

class postgresql_inbox final : public inbox_writer {
public:
  explicit postgresql_inbox(soci::session& sql)
      : insert_events_(sql, insert_events_sql,
                       {text, text, text, text, bigint, integer, bigint, text, integer, text, text, text, bigint}),
        read_events_(sql, read_events_sql, {integer, text, text, text, text, bigint, integer}),
        merge_calls_(sql, with_columns(merge_calls_sql, call_columns),
                     {text, text, text, text, text, text, text, integer, bigint, bigint, bigint, bigint, text, text,
                      text, text, text, text}),
        insert_messages_(sql,
                         with_columns("insert into message ({columns}) select * from {arrays} on conflict do nothing",
                                      message_columns),
                         {text,   text,     text,     text,    text,   text,   text,  text, text,
                          text,   text,     text,     integer, text,   bigint, text,  text, integer,
                          bigint, smallint, smallint, bigint,  bigint, bigint, bigint}),
        change_messages_(sql, change_messages_sql, {text, text, text, integer, bigint, bigint, bigint, bigint}),
        change_opt_outs_(sql, change_opt_outs_sql, {text, text, smallint, bigint}) {
    read_events_.define(position_, receipt_, answer_.status, answer_.content_type, answer_.body);
  }

  void insert_events(std::span<inbox_entry> entries) override {
    insert_events_.clear();
    for (const auto& entry : entries) {
      const auto& [key, at, params, answer, call, message, status, opt_out] = *entry.event;
      add_row(insert_events_, key.tenant.value, core::to_string(key.kind), key.sid, key.status, key.sequence, key.step,
              at.ms, params, answer.status, answer.content_type, answer.body, entry.call_sid, entry.receipt);
    }
    const bool all_won = insert_events_.execute() == static_cast<long long>(entries.size());
    for (auto& entry : entries)
      entry.won = all_won;
    if (!all_won)
      find_winners(entries);
  }

  void merge_calls(std::span<const call_row> calls) override {
    merge_calls_.clear();
    for (auto call : calls)
      std::apply([&](const auto&... column) { add_row(merge_calls_, column...); }, call.columns());
    merge_calls_.execute();
  }

  void insert_messages(std::span<const message_row> messages) override {
    insert_messages_.clear();
    for (auto message : messages)
      std::apply([&](const auto&... column) { add_row(insert_messages_, column...); }, message.columns());
    insert_messages_.execute();
  }

  void change_messages(std::span<const message_change> changes) override {
    change_messages_.clear();
    for (const auto& c : changes)
      add_row(change_messages_, c.company, c.twilio_sid, c.status, c.status_rank, c.error_code, c.at, c.sent_at,
              c.delivered_at);
    change_messages_.execute();
  }

  void change_opt_outs(std::span<const opt_out_row> rows) override {
    change_opt_outs_.clear();
    for (const auto& row : rows)
      add_row(change_opt_outs_, row.company, row.number, row.opted_out, row.changed_at);
    change_opt_outs_.execute();
  }

private:
  /// A statement of its own: the rows of others that the insert ran into may be newer than its snapshot.
  void find_winners(std::span<inbox_entry> entries) {
    read_events_.clear();
    long long position = 0;
    for (const auto& entry : entries) {
      const auto& key = entry.event->key;
      add_row(read_events_, position++, key.tenant.value, core::to_string(key.kind), key.sid, key.status, key.sequence,
              key.step);
    }
    for (bool row = read_events_.query(); row; row = read_events_.fetch()) {
      auto& entry = entries[static_cast<size_t>(position_)];
      entry.won = receipt_ == entry.receipt;
      entry.stored_answer = answer_;
    }
  }

  array_statement insert_events_, read_events_, merge_calls_, insert_messages_, change_messages_, change_opt_outs_;
  long long position_ = 0, receipt_ = 0;
  core::webhook_answer answer_;
};

} // namespace

std::shared_ptr<inbox_writer> make_postgresql_inbox(soci::session& sql) {
  return std::make_shared<postgresql_inbox>(sql);
}

} // namespace trunkline::persistence
