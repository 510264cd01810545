#include "config/log.hpp"
#include "persistence/event_log.hpp"
#include "persistence/outbox_sql.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

namespace trunkline::persistence::outbox {

namespace {

constexpr int opted_out_at_twilio = 21610;

/// Results by what has to be done about them.
struct sorted_results {
  std::vector<message_step> steps;
  json_rows done, back, doubt;
  std::vector<std::string> opted_out; ///< messages whose recipients Twilio keeps us from
  json_rows refunded;

  void add(const core::send_result& result, const core::doubt_settings& doubts) {
    const auto& id = result.id.value;
    if (const auto* accepted = std::get_if<core::send_accepted>(&result.how)) {
      steps.push_back(
          {id, status_of_accepted(accepted->status), accepted->twilio_sid, 0, {}, accepted->segments.value_or(0)});
      done.add(id);
    } else if (const auto* rejected = std::get_if<core::send_rejected>(&result.how)) {
      steps.push_back({id, "failed", {}, rejected->code.value_or(0), rejected->message, 0});
      if (rejected->code == opted_out_at_twilio)
        opted_out.push_back(id);
      refunded.add(id, static_cast<int64_t>(result.attempt));
      done.add(id);
    } else if (const auto* put_back = std::get_if<core::send_put_back>(&result.how)) {
      refunded.add(id, static_cast<int64_t>(result.attempt));
      back.add(id, static_cast<int64_t>(result.attempt), put_back->due_at.ms);
    } else {
      steps.push_back({id, "unknown", {}, 0, {}, 0});
      doubt.add(id, static_cast<int64_t>(result.attempt), result.at.ms, doubts.first_after_ms);
    }
  }
};

/// What was charged for an attempt that cost nothing.
void refund(soci::session& sql, dialect kind, const std::string& company, json_rows& rows, const std::string& day) {
  if (rows.count() == 0)
    return;
  long long units = 0;
  fetch_row(sql,
            fmt::format("select coalesce(sum(o.cost), 0) from outbox o join {} on o.message_id = u.id and "
                        "o.attempt = u.attempt",
                        from_json_rows(kind, {{"id", "text"}, {"attempt", "bigint"}})),
            std::tie(units), rows.take());
  add_spending(sql, company, day, core::money{-units});
}

void suppress(soci::session& sql, const std::string& company, const std::vector<std::string>& messages,
              core::timestamp now) {
  for (const auto& id : messages) {
    execute(sql,
            "insert into opt_out (company_id, phone_number, opted_out, source, changed_at) "
            "select company_id, user_phone_number, 1, 'twilio_21610', :now from message where id = :id and "
            "company_id = :company on conflict (company_id, phone_number) do update set opted_out = 1, "
            "source = excluded.source, changed_at = excluded.changed_at where opt_out.opted_out = 0",
            now.ms, id, company);
    std::string channel;
    if (fetch_row(sql, "select channel_id from message where id = :id", std::tie(channel), id))
      append_events({{core::tenant_id(company), core::live_event_type::channel_updated, channel,
                      core::channel_id(channel), "", now}});
  }
}

void queue_again(soci::session& sql, dialect kind, json_rows& rows) {
  if (rows.count() == 0)
    return;
  execute(sql,
          fmt::format("update outbox as o set state = 'queued', due_at = u.due from {} where o.message_id = u.id and "
                      "o.attempt = u.attempt",
                      from_json_rows(kind, {{"id", "text"}, {"attempt", "bigint"}, {"due", "bigint"}})),
          rows.take());
}

void begin_doubt(soci::session& sql, dialect kind, json_rows& rows) {
  if (rows.count() == 0)
    return;
  execute(sql,
          fmt::format(
              "update outbox as o set state = 'unknown', unknown_since = u.since, listings = 0, "
              "due_at = o.began_at + u.wait from {} where o.message_id = u.id and o.attempt = u.attempt and "
              "o.state = 'sending'",
              from_json_rows(kind, {{"id", "text"}, {"attempt", "bigint"}, {"since", "bigint"}, {"wait", "bigint"}})),
          rows.take());
}

} // namespace

void settle(soci::session& sql, dialect kind, const std::string& company, const std::vector<core::send_result>& results,
            const core::spend_day& spending, const core::doubt_settings& doubts) {
  sorted_results sorted;
  core::timestamp now;
  for (const auto& result : results) {
    sorted.add(result, doubts);
    now = std::max(now, result.at);
  }
  refund(sql, kind, company, sorted.refunded, spending.day);
  step_messages(sql, kind, company, sorted.steps, now);
  suppress(sql, company, sorted.opted_out, now);
  if (sorted.done.count() > 0)
    remove(sql, kind, sorted.done.take());
  queue_again(sql, kind, sorted.back);
  begin_doubt(sql, kind, sorted.doubt);
}

} // namespace trunkline::persistence::outbox
