#include "persistence/outbox_sql.hpp"

#include "persistence/event_log.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

namespace trunkline::persistence::outbox {

void step_messages(soci::session& sql, dialect kind, const std::string& company, const std::vector<message_step>& steps,
                   core::timestamp now) {
  if (steps.empty())
    return;
  json_rows rows;
  for (const auto& s : steps)
    rows.add(s.id, s.status, static_cast<int64_t>(core::message_status_rank(s.status)), s.twilio_sid, s.error_code,
             s.error_message, s.segments);
  const auto from = from_json_rows(kind, {{"id", "text"},
                                          {"status", "text"},
                                          {"rank", "bigint"},
                                          {"sid", "text"},
                                          {"code", "bigint"},
                                          {"words", "text"},
                                          {"segments", "bigint"}});
  // Twilio accepts a message some time before it says "sent"; sent_at is the moment at which it had it. Callbacks about
  // the same messages come at the same time, so both lock them in the order of their ids.
  const auto text = fmt::format(
      "with u as materialized (select * from {1}), l as materialized (select id from message where id in "
      "(select id from u) order by id{2}) update message as m set status = case when u.rank > m.status_rank then "
      "u.status else m.status end, "
      "status_rank = {0}(m.status_rank, u.rank), "
      "twilio_sid = case when u.sid <> '' and m.twilio_sid = '' then u.sid else m.twilio_sid end, "
      "sent_at = case when u.sid <> '' then coalesce(m.sent_at, :sent) else m.sent_at end, "
      "error_code = case when u.code > 0 and u.rank >= m.status_rank then u.code else m.error_code end, "
      "error_message = case when u.words <> '' and u.rank >= m.status_rank then u.words else m.error_message end, "
      "segments = case when u.segments > 0 then u.segments else m.segments end, updated_at = :at "
      "from u where m.id = u.id and m.id in (select id from l) and m.company_id = :company and not exists (select 1 "
      "from message x where x.company_id = :owner and x.twilio_sid = u.sid and x.twilio_sid <> '' and x.id <> u.id)",
      greatest(kind), from, kind == dialect::postgresql ? " for update" : "");
  execute(sql, text, rows.take(), now.ms, now.ms, company, company);
  std::vector<core::live_event> told;
  for (const auto& s : steps)
    told.push_back({core::tenant_id(company), core::live_event_type::message_status, s.id, {}, {}, now});
  append_events(std::move(told));
}

void remove(soci::session& sql, dialect kind, const std::string& rows) {
  execute(
      sql,
      fmt::format("delete from outbox where message_id in (select id from {})", from_json_rows(kind, {{"id", "text"}})),
      rows);
}

void add_spending(soci::session& sql, const std::string& company, const std::string& day, core::money amount) {
  if (amount.units == 0)
    return;
  execute(sql,
          "insert into spend (company_id, day, units) values (:company, :day, :units) on conflict (company_id, day) "
          "do update set units = spend.units + excluded.units",
          company, day, amount.units);
}

core::money spent(soci::session& sql, const std::string& company, const std::string& day) {
  long long units = 0;
  fetch_row(sql, "select units from spend where company_id = :company and day = :day", std::tie(units), company, day);
  return {units};
}

bool is_opted_out(soci::session& sql, const std::string& company, const core::phone_number& number) {
  long long opted_out = 0;
  fetch_row(sql, "select opted_out from opt_out where company_id = :company and phone_number = :number",
            std::tie(opted_out), company, number.str());
  return opted_out != 0;
}

void doubt_lost_attempts(soci::session& sql, dialect kind, const std::string& company, const core::send_wish& wish) {
  // Long after the last byte may have left and the longest wait for an answer is over.
  constexpr int64_t settled_by_ms = 30'000;
  const auto lost_before = wish.first ? std::numeric_limits<int64_t>::max() : wish.now.ms - settled_by_ms;
  std::vector<message_step> steps;
  std::string id;
  for_each_row(
      sql, "select message_id from outbox where company_id = :company and state = 'sending' and send_by < :before",
      std::tie(id),
      [&] {
        steps.push_back({id, "unknown", {}, 0, {}, 0});
      },
      company, lost_before);
  if (steps.empty())
    return;
  execute(sql,
          "update outbox set state = 'unknown', unknown_since = :since, listings = 0, due_at = began_at + :wait "
          "where company_id = :company and state = 'sending' and send_by < :before",
          wish.now.ms, wish.doubts.first_after_ms, company, lost_before);
  step_messages(sql, kind, company, steps, wish.now);
}

std::string status_of_accepted(std::string_view twilios) {
  for (const std::string_view further : {"sent", "delivered", "undelivered", "failed", "canceled", "read"})
    if (twilios == further)
      return std::string(further);
  return "sending";
}

} // namespace trunkline::persistence::outbox
