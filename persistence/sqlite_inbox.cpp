#include "persistence/inbox_writer.hpp"

#include <fmt/format.h>

#include <string>
#include <tuple>

namespace trunkline::persistence {

namespace {

const std::string insert_event_sql =
    "insert into webhook_event (company_id, kind, sid, status, sequence, step, received_at, params, answer_status, "
    "answer_type, answer_body, call_sid, receipt) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m) "
    "on conflict do nothing";

const std::string read_event_sql = "select answer_status, answer_type, answer_body from webhook_event where company_id "
                                   "= :a and kind = :b and sid = :c "
                                   "and status = :d and sequence = :e and step = :f";

/// Says the same as core::merge(). min() and max() of SQLite are NULL as soon as one side is.
constexpr std::string_view merge_call_sql =
    "insert into call as c ({}) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m, :n, :o, :p, :q, :r) "
    "on conflict (company_id, id) do update set "
    "direction = max(c.direction, excluded.direction), from_party = max(c.from_party, excluded.from_party), "
    "to_party = max(c.to_party, excluded.to_party), "
    "status = case when (excluded.status_rank, excluded.status) > (c.status_rank, c.status) then excluded.status "
    "else c.status end, status_rank = max(c.status_rank, excluded.status_rank), "
    "started_at = coalesce(min(c.started_at, excluded.started_at), c.started_at, excluded.started_at), "
    "answered_at = coalesce(min(c.answered_at, excluded.answered_at), c.answered_at, excluded.answered_at), "
    "ended_at = coalesce(max(c.ended_at, excluded.ended_at), c.ended_at, excluded.ended_at), "
    "duration_seconds = coalesce(max(c.duration_seconds, excluded.duration_seconds), c.duration_seconds, "
    "excluded.duration_seconds), route_configured = max(c.route_configured, excluded.route_configured), "
    "step_1 = max(c.step_1, excluded.step_1), step_2 = max(c.step_2, excluded.step_2), "
    "step_3 = max(c.step_3, excluded.step_3), recording = max(c.recording, excluded.recording), "
    "transcription = max(c.transcription, excluded.transcription)";

constexpr std::string_view insert_message_sql = "insert into message ({}) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, "
                                                ":j, :k, :l, :m, :n, :o, :p, :q, :r, :s, :t, :u, :v, "
                                                ":w, :x, :y) on conflict do nothing";

const std::string change_message_sql =
    "update message as m set status = case when u.rank > m.status_rank then u.status else m.status end, "
    "status_rank = max(m.status_rank, u.rank), "
    "error_code = case when u.rank > m.status_rank then coalesce(u.error_code, m.error_code) else m.error_code end, "
    "updated_at = max(m.updated_at, u.at), sent_at = coalesce(min(m.sent_at, u.sent_at), m.sent_at, u.sent_at), "
    "delivered_at = coalesce(min(m.delivered_at, u.delivered_at), m.delivered_at, u.delivered_at) "
    "from (select :a as company_id, :b as twilio_sid, :c as status, :d as rank, :e as error_code, :f as at, :g as "
    "sent_at, "
    ":h as delivered_at) as u where m.company_id = u.company_id and m.twilio_sid = u.twilio_sid and m.twilio_sid <> ''";

/// A callback may come before the answer to the request, or instead of it: it names the message, and that it went out.
const std::string bind_message_sql =
    "update message as m set twilio_sid = u.twilio_sid, sent_at = coalesce(m.sent_at, u.at), "
    "status = case when m.status = 'unknown' then 'sent' else m.status end, "
    "status_rank = case when m.status = 'unknown' then 3 else m.status_rank end "
    "from (select :a as company_id, :b as message_id, :c as twilio_sid, :d as at) as u where m.id = u.message_id and "
    "m.company_id = u.company_id and m.twilio_sid = '' and not exists (select 1 from message x where "
    "x.company_id = u.company_id and x.twilio_sid = u.twilio_sid)";

/// Says the same as fold() of an opt_out_row.
const std::string change_opt_out_sql =
    "insert into opt_out as o (company_id, phone_number, opted_out, source, changed_at) values (:a, :b, :c, 'keyword', "
    ":d) "
    "on conflict (company_id, phone_number) do update set opted_out = excluded.opted_out, source = excluded.source, "
    "changed_at = max(o.changed_at, excluded.changed_at) where excluded.opted_out > o.opted_out "
    "or excluded.changed_at > o.changed_at";

/// A prepared statement and the row it is bound to.
template <class Row>
class row_statement {
public:
  row_statement(soci::session& sql, const std::string& text) : statement_(sql) {
    std::apply([this](const auto&... column) { (bind_in(statement_, column), ...); }, row.columns());
    prepare(statement_, text);
  }

  long long execute() {
    statement_.execute(true);
    return statement_.get_affected_rows();
  }

  Row row;

private:
  soci::statement statement_;
};

struct event_row {
  std::string company, kind, sid, status, params, answer_type, answer_body, call_sid;
  long long sequence = 0, step = 0, received_at = 0, answer_status = 0, receipt = 0;

  auto columns() {
    return std::tie(company, kind, sid, status, sequence, step, received_at, params, answer_status, answer_type,
                    answer_body, call_sid, receipt);
  }

  void take(const inbox_entry& entry) {
    const auto& event = *entry.event;
    company = event.key.tenant.value;
    kind = core::to_string(event.key.kind);
    sid = event.key.sid;
    status = event.key.status;
    sequence = event.key.sequence;
    step = event.key.step;
    received_at = event.received_at.ms;
    params = event.params;
    answer_status = event.answer.status;
    answer_type = event.answer.content_type;
    answer_body = event.answer.body;
    call_sid = entry.call_sid;
    receipt = entry.receipt;
  }
};

struct change_columns : message_change {
  auto columns() { return std::tie(company, twilio_sid, status, status_rank, error_code, at, sent_at, delivered_at); }
};

struct bind_columns : message_change {
  auto columns() { return std::tie(company, message, twilio_sid, at); }
};

struct opt_out_columns : opt_out_row {
  auto columns() { return std::tie(company, number, opted_out, changed_at); }
};

class sqlite_inbox final : public inbox_writer {
public:
  explicit sqlite_inbox(soci::session& sql)
      : sql_(sql),
        insert_event_(sql, insert_event_sql),
        merge_call_(sql, fmt::format(merge_call_sql, call_columns)),
        insert_message_(sql, fmt::format(insert_message_sql, message_columns)),
        change_message_(sql, change_message_sql),
        bind_message_(sql, bind_message_sql),
        change_opt_out_(sql, change_opt_out_sql) {}

  /// There is no round trip to save.
  bool store_at_once(std::span<inbox_entry>, const watched_companies::snapshot&) override { return false; }

  /// Who is watched does not change within somebody else's transaction.
  bool insert_events(std::span<inbox_entry> entries, const watched_companies::snapshot&) override {
    for (auto& entry : entries) {
      insert_event_.row.take(entry);
      entry.won = insert_event_.execute() == 1;
      if (!entry.won)
        read_stored_answer(entry);
    }
    return true;
  }

  void merge_calls(std::span<const call_row> calls) override { each(merge_call_, calls); }

  std::vector<std::string> insert_messages(std::span<const message_row> messages) override {
    std::vector<std::string> fresh;
    for (const auto& message : messages) { // in the order of their ids
      insert_message_.row = message;
      if (insert_message_.execute() == 1)
        fresh.push_back(message.id);
    }
    return fresh;
  }

  void change_messages(std::span<const message_change> changes) override {
    for (const auto& change : changes) {
      if (!change.message.empty()) {
        static_cast<message_change&>(bind_message_.row) = change;
        bind_message_.execute();
      }
      static_cast<message_change&>(change_message_.row) = change;
      change_message_.execute();
    }
  }

  void change_opt_outs(std::span<const opt_out_row> rows) override {
    for (const auto& row : rows) {
      static_cast<opt_out_row&>(change_opt_out_.row) = row;
      change_opt_out_.execute();
    }
  }

private:
  template <class Row>
  static void each(row_statement<Row>& statement, std::span<const Row> rows) {
    for (const auto& row : rows) {
      statement.row = row;
      statement.execute();
    }
  }

  /// Repetitions are rare, so this one is not kept prepared.
  void read_stored_answer(inbox_entry& entry) {
    auto& answer = entry.stored_answer;
    const auto& row = insert_event_.row;
    fetch_row(sql_, read_event_sql, std::tie(answer.status, answer.content_type, answer.body), row.company, row.kind,
              row.sid, row.status, row.sequence, row.step);
  }

  soci::session& sql_;
  row_statement<event_row> insert_event_;
  row_statement<call_row> merge_call_;
  row_statement<message_row> insert_message_;
  row_statement<change_columns> change_message_;
  row_statement<bind_columns> bind_message_;
  row_statement<opt_out_columns> change_opt_out_;
};

} // namespace

std::shared_ptr<inbox_writer> make_sqlite_inbox(soci::session& sql) { return std::make_shared<sqlite_inbox>(sql); }

} // namespace trunkline::persistence
