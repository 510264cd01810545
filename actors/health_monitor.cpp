#include "actors/health_monitor.hpp"

#include "actors/quiet.hpp"
#include "health/causes.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace trunkline::actors {

namespace {

using core::alert_code;
using health::dependency_kind;
using health::status;

} // namespace

void health_monitor_state::begin(const health_monitor_parts& p) {
  parts.emplace(p);
  post = [me = caf::actor_cast<health_monitor_actor>(self)](std::function<void()> handle) {
    caf::anon_send(me, health_news{std::move(handle)});
  };
  const auto& node = parts->node;
  courier = std::make_unique<alert_courier>(node, post, parts->receiver);
  desk = std::make_unique<alert_desk>(
      alert_desk::parts{node, post, parts->receiver.has_value(), [this] { courier->look_soon(); }});
  accounts = std::make_unique<account_checks>(account_checks::parts{
      node, parts->numbers, parts->platform, parts->companies, post, *desk, [this](const core::tenant_id& company) {
        for (auto& run : runs)
          run.under_way.erase(company);
      }});
}

/// Once a second. Nothing here waits for anybody.
void health_monitor_state::look() {
  parts->pulse->mailbox.store(self->mailbox().size(), std::memory_order_relaxed);
  if (parts->node->clock.now() >= next_round)
    begin_round();
  accounts->look();
  courier->look();
  settle_runs();
}

void health_monitor_state::begin_round() {
  next_round = {parts->node->clock.now().ms + parts->interval.count()};
  check_database();
  accounts->begin_round();
  desk->compare([this](const core::alert_key& key) { return is_gone(key); }, [this] { raise_missing(); });
}

// -- the database -----------------------------------------------------------------------------------------------------

void health_monitor_state::check_database() {
  if (std::exchange(database_asked, true))
    return;
  const auto asked_at = parts->node->clock.now();
  parts->node->stores.ask(ping_database{
      reply_on<int64_t>(post, [this, asked_at](const auto& round_trip) { database_answered(round_trip, asked_at); })});
}

void health_monitor_state::database_answered(const core::expected<int64_t>& round_trip, core::timestamp asked_at) {
  database_asked = false;
  const auto now = parts->node->clock.now();
  const auto found = health::judge_database(round_trip, now.ms - asked_at.ms);
  database.emplace(found, now);
  if (found.status != status::down)
    return desk->clear(health::key_of(dependency_kind::database, {}));
  parts->pulse->failed(round_trip.error(), now);
  desk->raise(health::down_cause(dependency_kind::database, {}, found));
}

// -- who asks ---------------------------------------------------------------------------------------------------------

void health_monitor_state::read(const read_health& question) {
  const bool too_early = !database || accounts->unchecked(question.company);
  if (too_early)
    return run({question.company, question.answer, question.companies_only});
  question.answer(report_of(question.company, question.companies_only));
}

void health_monitor_state::run(const run_health& question) {
  auto same = std::find_if(runs.begin(), runs.end(), [&](const auto& run) { return run.scope == question.company; });
  if (same == runs.end()) {
    if (runs.size() >= most_runs)
      return question.answer(core::fail(core::ec::overloaded, "Other checks are under way. Try again."));
    same = runs.insert(runs.end(), begin_run(question.company));
  }
  same->askers.push_back(question.companies_only ? of_companies(question.answer) : question.answer);
  settle_runs();
}

/// Who is answered with the report of everything, and wants that of the companies.
reply<health::report> health_monitor_state::of_companies(const reply<health::report>& asker) {
  return reply<health::report>(
      [this, asker](const auto& everything) { asker(everything ? report_of({}, true) : everything); });
}

health_monitor_state::health_run health_monitor_state::begin_run(const core::tenant_id& scope) {
  health_run run;
  run.scope = scope;
  run.answer_by = {parts->node->clock.now().ms + run_ms};
  check_database();
  if (scope.empty()) {
    accounts->begin_round();
    if (accounts->check_platform())
      run.under_way.insert(core::tenant_id());
    const auto companies = accounts->some(most_in_a_run);
    run.to_begin.assign(companies.begin(), companies.end());
    return run;
  }
  accounts->changed(scope); // its configuration may have been stored a moment ago
  if (accounts->check(scope))
    run.under_way.insert(scope);
  else if (accounts->check_platform())
    run.under_way.insert(core::tenant_id());
  return run;
}

/// Begins what there is room for; answers whoever has waited for nothing more, or long enough.
void health_monitor_state::settle_runs() {
  const auto now = parts->node->clock.now();
  for (auto run = runs.begin(); run != runs.end();) {
    for (; !run->to_begin.empty() && accounts->has_room(); run->to_begin.pop_front())
      if (accounts->check(run->to_begin.front()))
        run->under_way.insert(run->to_begin.front());
    const bool done = run->to_begin.empty() && run->under_way.empty() && !database_asked;
    if (!done && now < run->answer_by) {
      ++run;
      continue;
    }
    const auto report = report_of(run->scope);
    for (const auto& asker : run->askers)
      asker(report);
    run = runs.erase(run);
  }
}

health::report health_monitor_state::report_of(const core::tenant_id& company, bool companies_only) const {
  health::report_builder out;
  const auto checked_at = database ? database->second : parts->node->clock.now();
  if (!company.empty()) {
    accounts->describe(out, company);
    return out.finish(checked_at);
  }
  if (companies_only) {
    accounts->describe_companies(out);
    return out.finish(checked_at);
  }
  if (database) {
    health::dependency one;
    one.status = database->first.status;
    one.latency_ms = database->first.latency_ms;
    one.message = database->first.message;
    one.checked_at = checked_at;
    one.place = parts->dialect;
    out.add(std::move(one));
  }
  out.add(health::vapi_not_configured());
  accounts->describe(out);
  return out.finish(checked_at);
}

// -- alerts -----------------------------------------------------------------------------------------------------------

void health_monitor_state::company_is_changed(const core::tenant_id& company) const {
  accounts->changed(company);
  const auto key = health::next_token_cause(company, 1).key;
  if (is_gone(key))
    desk->clear(key);
}

/// Whether the cause of an alert is gone. Of what nobody here can know, it is not.
bool health_monitor_state::is_gone(const core::alert_key& key) const {
  if (key.code == alert_code::dependency_health_critical) {
    if (key.dependency == to_string(dependency_kind::twilio))
      return accounts->is_gone(key);
    return key.dependency == to_string(dependency_kind::database) && database && database->first.status != status::down;
  }
  if (key.code == alert_code::company_quarantined) {
    bool quarantined = false;
    parts->node->tenants.with_slot(key.company,
                                   [&](tenant_slot& slot) { quarantined = slot.phase == tenant_phase::quarantined; });
    return !quarantined;
  }
  if (key.code == alert_code::next_token_matched) {
    const auto door = parts->numbers.by_company(key.company);
    return !door || door->auth_tokens.size() < 2;
  }
  return false;
}

void health_monitor_state::raise_missing() {
  accounts->raise_missing();
  std::vector<core::alert_cause> quarantined;
  parts->node->tenants.for_each([&](tenant_slot& slot) {
    if (slot.phase == tenant_phase::quarantined)
      quarantined.push_back(health::quarantine_cause(slot.id));
  });
  for (auto& cause : quarantined)
    if (!desk->knows(cause.key))
      desk->raise(std::move(cause));
}

health_monitor_actor::behavior_type health_monitor(health_monitor_actor::stateful_pointer<health_monitor_state> self,
                                                   const health_monitor_parts& parts) {
  auto& st = self->state;
  st.self = self;
  keep_quiet(self);
  st.begin(parts);
  self->send(self, look_after_health{});
  return {
      [&st](const read_health& question) { st.read(question); },
      [&st](const run_health& question) { st.run(question); },
      [&st](const cause_seen& news) { st.desk->raise(news.cause); },
      [&st](const cause_gone& news) { st.desk->clear(news.key); },
      [&st](const company_changed& news) { st.company_is_changed(news.company); },
      [&st, self](look_after_health) {
        st.look();
        self->delayed_send(self, std::chrono::milliseconds(health_monitor_state::look_every_ms), look_after_health{});
      },
      [&st](const health_news& news) {
        news.handle();
        st.settle_runs();
      },
  };
}

} // namespace trunkline::actors
