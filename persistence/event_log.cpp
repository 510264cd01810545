#include "persistence/event_log.hpp"

#include "persistence/json_rows.hpp"
#include "persistence/statement.hpp"
#include "persistence/watched_companies.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace trunkline::persistence {

namespace {

std::vector<core::live_event>& appended() {
  thread_local std::vector<core::live_event> events;
  return events;
}

/// In one statement: lock the counters in the order of the companies, move them on, and number the rows from there.
/// What another transaction has counted meanwhile is seen, since a row that was waited for is read again.
bool append_at_once(soci::session& sql, const std::vector<core::live_event>& events) {
  std::map<std::string_view, int64_t> places;
  json_rows rows;
  for (const auto& e : events)
    rows.add(e.tenant.value, ++places[e.tenant.value], core::to_string(e.type), e.subject, e.channel.value, e.data,
             e.at.ms);
  const auto table = from_json_rows(dialect::postgresql, {{"company_id", "text"},
                                                          {"place", "bigint"},
                                                          {"type", "text"},
                                                          {"subject", "text"},
                                                          {"channel_id", "text"},
                                                          {"data", "text"},
                                                          {"at", "bigint"}});
  return execute(
             sql,
             fmt::format(
                 "with r as materialized (select * from {}), "
                 "l as materialized (select company_id from company_watch where watched_at > 0 and company_id in "
                 "(select company_id from r) order by company_id for update), "
                 "n as materialized (select company_id, max(place) as added from r join l using (company_id) group by "
                 "company_id), "
                 "w as (update company_watch as c set last_seq = c.last_seq + n.added from n where c.company_id = "
                 "n.company_id returning c.company_id, c.last_seq - n.added as base) "
                 "insert into company_event (company_id, seq, type, subject, channel_id, data, at) "
                 "select r.company_id, w.base + r.place, r.type, r.subject, case when r.type = 'message_status' and "
                 "r.channel_id = '' then coalesce((select m.channel_id from message m where m.id = r.subject), '') "
                 "else r.channel_id end, r.data, r.at from r join w using (company_id)",
                 table),
             rows.take()) > 0;
}

/// There is no other writer.
bool append_one(soci::session& sql, const core::live_event& event) {
  if (execute(sql, "update company_watch set last_seq = last_seq + 1 where company_id = :company and watched_at > 0",
              event.tenant.value) == 0)
    return false;
  auto channel = event.channel.value;
  if (event.type == core::live_event_type::message_status && channel.empty())
    fetch_row(sql, "select channel_id from message where id = :id", std::tie(channel), event.subject);
  execute(
      sql,
      "insert into company_event (company_id, seq, type, subject, channel_id, data, at) select company_id, last_seq, "
      ":type, :subject, :channel, :data, :at from company_watch where company_id = :company",
      std::string(core::to_string(event.type)), event.subject, channel, event.data, event.at.ms, event.tenant.value);
  return true;
}

} // namespace

void append_events(std::vector<core::live_event> events) {
  auto& all = appended();
  all.insert(all.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
}

pending_events::pending_events() : outer_(std::exchange(appended(), {})) {}
pending_events::~pending_events() { appended() = std::move(outer_); }

bool pending_events::number(soci::session& sql, dialect kind, watched_companies& watched) {
  const auto events = std::exchange(appended(), {});
  if (events.empty())
    return false;
  if (kind == dialect::postgresql)
    return append_at_once(sql, events);
  auto known = watched.now(); // true until this transaction ends
  if (known->version < 0)
    known = watched.read_again(sql, kind);
  bool kept = false;
  for (const auto& event : events)
    kept = (known->has(event.tenant) && append_one(sql, event)) || kept;
  return kept;
}

} // namespace trunkline::persistence
