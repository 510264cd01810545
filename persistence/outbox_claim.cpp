#include "core/metrics.hpp"
#include "persistence/journal.hpp"
#include "persistence/message_row.hpp"
#include "persistence/outbox_sql.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

namespace trunkline::persistence::outbox {

namespace {

/// So many of each lane and campaign are looked at: what stands first there, whatever waits in the others.
constexpr int most_of_a_lane = 200;
constexpr int most_doubtful = 8;

core::counter waits("trunkline_outbox_journal_waits_total", "Claims put off until every node's journal was drained");

constexpr std::string_view window_sql =
    "select o.message_id, o.campaign_id, o.lane, o.recipient, o.priority, o.segments, o.cost, "
    "coalesce(x.opted_out, 0) from (select message_id, campaign_id, lane, recipient, priority, segments, cost, due_at, "
    "row_number() over (partition by lane, campaign_id order by priority, due_at, message_id) as place from outbox "
    "where company_id = :company and state = 'queued' and due_at <= :now and (campaign_id = '' or exists "
    "(select 1 from campaign k where k.id = campaign_id and k.status = 'running'))) as o "
    "left join opt_out x on x.company_id = :owner and x.phone_number = o.recipient "
    "where o.place <= :most order by o.priority, o.due_at, o.message_id";

std::vector<core::queued_send> read_window(soci::session& sql, const std::string& company, core::timestamp now) {
  std::vector<core::queued_send> window;
  core::queued_send one;
  std::string recipient;
  long long priority = 0, opted_out = 0;
  for_each_row(
      sql, std::string(window_sql),
      std::tie(one.id.value, one.campaign_id, one.lane, recipient, priority, one.segments, one.cost.units, opted_out),
      [&] {
        one.recipient = core::phone_number(recipient);
        one.twilio_number = core::phone_number(core::parts_of_lane(one.lane).number);
        one.priority = static_cast<core::send_priority>(priority);
        one.opted_out = opted_out != 0;
        window.push_back(one);
      },
      company, now.ms, company, most_of_a_lane);
  return window;
}

std::vector<core::doubtful_message> read_doubtful(soci::session& sql, const std::string& company, core::timestamp now) {
  std::vector<core::doubtful_message> found;
  core::doubtful_message one;
  std::string name, recipient;
  long long attempt = 0, listings = 0;
  for_each_row(
      sql,
      fmt::format("select message_id, lane, recipient, attempt, began_at, unknown_since, listings from outbox "
                  "where company_id = :company and state = 'unknown' and due_at <= :now order by began_at limit {}",
                  most_doubtful),
      std::tie(one.id.value, name, recipient, attempt, one.began_at.ms, one.unknown_since.ms, listings),
      [&] {
        const auto lane = core::parts_of_lane(name);
        one.communication_type = lane.communication_type;
        one.twilio_number = core::phone_number(lane.number);
        one.recipient = core::phone_number(recipient);
        one.attempt = static_cast<int>(attempt), one.listings = static_cast<int>(listings);
        found.push_back(one);
      },
      company, now.ms);
  return found;
}

void refuse(soci::session& sql, dialect kind, const std::string& company, const std::vector<core::queued_send>& window,
            const core::send_plan& plan, core::timestamp now) {
  if (plan.refuse.empty())
    return;
  json_rows ids;
  std::vector<message_step> steps;
  for (const auto& [place, why] : plan.refuse) {
    ids.add(window[place].id.value);
    steps.push_back({window[place].id.value, "failed", {}, 0, std::string(core::words_of(why)), 0});
  }
  remove(sql, kind, ids.take());
  step_messages(sql, kind, company, steps, now);
}

void put_off(soci::session& sql, dialect kind, const std::vector<core::queued_send>& window,
             const core::send_plan& plan) {
  if (plan.later.empty())
    return;
  json_rows rows;
  for (const auto& [place, until] : plan.later)
    rows.add(window[place].id.value, until.ms);
  execute(sql,
          fmt::format("update outbox as o set due_at = u.until from {} where o.message_id = u.id",
                      from_json_rows(kind, {{"id", "text"}, {"until", "bigint"}})),
          rows.take());
}

void pause_over_cap(soci::session& sql, const std::set<std::string>& campaigns, core::timestamp now) {
  for (const auto& id : campaigns)
    execute(sql,
            "update campaign set status = 'paused', paused_reason = 'spend_cap', updated_at = :now where id = :id and "
            "status = 'running'",
            now.ms, id);
}

std::vector<core::outgoing_message> begin_attempts(soci::session& sql, dialect kind, const std::string& company,
                                                   const std::vector<core::queued_send>& window,
                                                   const core::send_plan& plan, const core::send_wish& wish) {
  std::vector<core::outgoing_message> going;
  if (plan.go.empty())
    return going;
  json_rows ids;
  std::vector<message_step> steps;
  core::money cost;
  for (const auto place : plan.go) {
    ids.add(window[place].id.value);
    steps.push_back({window[place].id.value, "sending", {}, 0, {}, 0});
    cost.units += window[place].cost.units;
  }
  const auto chosen = ids.take();
  const auto in_chosen = from_json_rows(kind, {{"id", "text"}});
  // A callback for an earlier attempt may have come in spite of all.
  execute(sql,
          fmt::format("delete from outbox where message_id in (select id from {}) and exists (select 1 from message m "
                      "where m.id = outbox.message_id and m.twilio_sid <> '')",
                      in_chosen),
          chosen);
  execute(sql,
          fmt::format("update outbox set state = 'sending', attempt = attempt + 1, began_at = :began, send_by = :by "
                      "where message_id in (select id from {})",
                      in_chosen),
          wish.now.ms, wish.now.ms + wish.send_within_ms, chosen);
  step_messages(sql, kind, company, steps, wish.now);
  add_spending(sql, company, wish.spending.day, cost);
  message_row row;
  core::outgoing_message one;
  long long attempt = 0;
  for_each_row(
      sql,
      fmt::format(
          "select {}, content_sid, content_variables, (select o.attempt from outbox o where o.message_id = "
          "message.id) from message where id in (select id from {}) and twilio_sid = '' order by created_at, id",
          message_columns, in_chosen),
      std::tuple_cat(row.columns(), std::tie(one.content_sid, one.content_variables, attempt)),
      [&] {
        one.message = row.record();
        one.attempt = static_cast<int>(attempt);
        going.push_back(one);
      },
      chosen);
  return going;
}

/// Of what is not due yet; nothing is left to be done if there is no row at all.
void look_ahead(soci::session& sql, const std::string& company, core::timestamp now, core::send_orders& orders) {
  long long rows = 0, next = 0;
  fetch_row(sql,
            "select count(*), coalesce(min(case when due_at > :now then due_at end), 0) from outbox "
            "where company_id = :company and state <> 'held'",
            std::tie(rows, next), now.ms, company);
  orders.empty = rows == 0;
  if (next > 0)
    orders.next_due = core::timestamp{next};
}

} // namespace

namespace {

/// Whether a webhook may be answered that the database has not seen: with it, a STOP that nothing may overtake. Every
/// live node has to have said lately that it has none.
bool webhooks_are_on_their_way(soci::session& sql, dialect kind) {
  if (events_in_journals() > 0)
    return true;
  int waiting = 0;
  return kind == dialect::postgresql &&
         fetch_row(sql,
                   "select 1 from cluster_node where cluster_is_live(status) and (journaling or renewed_at < "
                   "clock_timestamp() - interval '3 seconds') limit 1",
                   std::tie(waiting));
}

} // namespace

core::send_orders claim(soci::session& sql, dialect kind, const std::string& company, const core::send_wish& wish) {
  constexpr int64_t look_again_ms = 500;
  doubt_lost_attempts(sql, kind, company, wish);
  core::send_orders orders;
  if (webhooks_are_on_their_way(sql, kind)) {
    waits.add();
    orders.next_due = core::timestamp{wish.now.ms + look_again_ms};
    return orders;
  }
  const auto window = read_window(sql, company, wish.now);
  auto rules = wish.rules;
  if (wish.spending.cap)
    rules.left_to_spend = core::money{wish.spending.cap->units - spent(sql, company, wish.spending.day).units};
  const auto plan = core::plan_sends(window, rules, wish.budget);
  refuse(sql, kind, company, window, plan, wish.now);
  put_off(sql, kind, window, plan);
  pause_over_cap(sql, plan.over_cap, wish.now);
  orders.go = begin_attempts(sql, kind, company, window, plan, wish);
  orders.doubtful = read_doubtful(sql, company, wish.now);
  orders.over_cap = plan.over_cap;
  orders.budget_used_up = plan.budget_used_up;
  orders.refused = plan.refuse.size();
  orders.more = window.size() >= most_of_a_lane && (!plan.go.empty() || !plan.refuse.empty());
  look_ahead(sql, company, wish.now, orders);
  return orders;
}

} // namespace trunkline::persistence::outbox
