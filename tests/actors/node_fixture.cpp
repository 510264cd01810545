#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

core::expected<std::vector<persistence::inbox_outcome>>
inbox_in_memory::record(const std::vector<const core::webhook_event*>& batch) {
  if (away)
    return core::fail(core::ec::database_unavailable, "away");
  batches.push_back(batch.size());
  std::vector<persistence::inbox_outcome> outcomes;
  for (const auto* event : batch) {
    persistence::inbox_outcome outcome;
    if (refuses.count(event->key.sid))
      outcome.refused = core::error{core::ec::malformed_webhook, "refused", "", {}};
    const auto [row, fresh] = rows.try_emplace(event->key.sid, *event);
    outcome.duplicate = !fresh;
    outcome.answer = row->second.answer;
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

core::expected<core::tenant_profile> companies_in_memory::create(const core::tenant& tenant, const core::author&) {
  return rows[tenant.id] = core::tenant_profile{tenant, {}};
}

core::expected<core::tenant_profile> companies_in_memory::find(const core::tenant_id& id) {
  ++reads;
  at_read();
  if (away)
    return core::fail(core::ec::database_unavailable, "away");
  const auto found = rows.find(id);
  if (found == rows.end())
    return core::fail(core::ec::company_not_found);
  return found->second;
}

core::expected<core::page<core::tenant_profile>> companies_in_memory::list(const core::tenant_filter&, bool,
                                                                           const core::page_request&) {
  BOOST_FAIL("nobody should list companies here");
  return core::fail(core::ec::internal_error);
}

core::expected<core::tenant_config> companies_in_memory::put_config(const core::tenant_id& id, std::optional<int64_t>,
                                                                    const core::tenant_config& config, core::timestamp,
                                                                    const core::author&) {
  auto& stored = rows.at(id).config;
  const auto version = stored.version + 1;
  stored = config;
  stored.version = version;
  if (std::exchange(dies_at_commit, false)) {
    away = true;
    return core::fail(core::ec::database_unavailable, "away");
  }
  return stored;
}

core::expected<void> companies_in_memory::set_state(const core::tenant_id& id, core::tenant_state state,
                                                    core::timestamp, const core::author&) {
  if (away)
    return core::fail(core::ec::database_unavailable, "away");
  rows.at(id).tenant.state = state;
  return {};
}

core::expected<core::tenant_profile> companies_in_memory::change(const core::tenant_id& id, std::optional<int64_t>,
                                                                 const core::tenant_change& change, core::timestamp,
                                                                 const core::author&) {
  auto& company = rows.at(id);
  company.tenant.name = change.name.value_or(company.tenant.name);
  ++company.tenant.version;
  return company;
}

core::expected<void> companies_in_memory::remove(const core::tenant_id& id, core::timestamp, const core::author&) {
  return rows.erase(id) == 1 ? core::expected<void>() : core::fail(core::ec::company_not_found);
}

core::expected<void> companies_in_memory::for_each_door(const std::function<void(persistence::tenant_door)>&) {
  BOOST_FAIL("nobody should read the directory here");
  return {};
}

namespace {

actors::twilio_actor::behavior_type keep_questions(actors::twilio_actor::pointer, silent_twilio* here) {
  return {
      [here](const actors::fetch_account& question) { here->accounts.push_back(question); },
      [here](const actors::find_account_number& question) { here->numbers.push_back(question); },
      [here](const actors::fetch_recording& question) { here->recordings.push_back(question); },
      [here](const actors::send_message& order) { here->orders.push_back(order); },
      [here](const actors::list_sent_messages& question) { here->lists.push_back(question); },
  };
}

} // namespace

node_fixture::test_config::test_config() { set("scheduler.policy", caf::atom("testing")); }

node_fixture::node_fixture(node_options options) {
  auto stores = std::make_shared<persistence::store_set>();
  auto in_memory = std::make_unique<companies_in_memory>();
  companies = in_memory.get();
  stores->tenants = std::move(in_memory);
  auto alerts_there = std::make_unique<alerts_in_memory>();
  alerts = alerts_there.get();
  stores->alerts = std::move(alerts_there);
  auto facts_there = std::make_unique<facts_in_memory>();
  facts = facts_there.get();
  stores->facts = std::move(facts_there);
  stores->ping = [this]() -> core::expected<void> {
    if (alerts->away)
      return core::fail(core::ec::database_unavailable, "away");
    return {};
  };
  std::vector<std::shared_ptr<actors::vitals>> workers;
  const auto pulse = [&](const char* kind) {
    return workers.emplace_back(std::make_shared<actors::vitals>(kind, kind, clock.now()));
  };
  std::vector<actors::store_actor> store_workers;
  for (size_t i = 0; i < options.store_workers; ++i)
    store_workers.push_back(system.spawn(actors::store, stores, pulse("STORE"), &clock, false));
  auto inbox =
      system.spawn(actors::inbox, std::shared_ptr<persistence::inbox_store>(inbox_rows), pulse("INBOX"), &clock);
  actors::actor_settings settings;
  settings.tenant_idle = std::chrono::seconds(60);
  settings.max_active_tenants = options.max_active_tenants;
  settings.failing_company = std::move(options.failing);
  auto asked = system.spawn(keep_questions, &twilio);
  services = std::make_shared<const actors::services>(actors::services{
      settings, clock, tenants, actors::store_pool(std::move(store_workers)), {inbox}, asked, {}, options.elsewhere});
  shards = system.spawn(actors::shards, services, pulse("SHARDS"));
  gateway = std::make_unique<actors::local_gateway>(
      actors::local_gateway::parts{services, shards, numbers, deadlines, workers, clock.now()});
  settle();
}

node_fixture::~node_fixture() { // ~actor_system waits for actors that nobody would run any more
  tenants.for_each([](actors::tenant_slot& slot) {
    if (slot.actor)
      caf::anon_send_exit(slot.actor, caf::exit_reason::user_shutdown);
    slot.actor = nullptr;
  });
  caf::anon_send_exit(shards, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(services->twilio, caf::exit_reason::user_shutdown);
  for (const auto& inbox : services->inboxes)
    caf::anon_send_exit(inbox, caf::exit_reason::user_shutdown);
  for (const auto& worker : services->stores.workers())
    caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
  settle();
}

caf::scheduler::test_coordinator& node_fixture::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
}

core::tenant_id node_fixture::add_company(const std::string& name) {
  core::tenant tenant;
  tenant.id = core::tenant_id("co_" + name);
  tenant.name = name;
  companies->create(tenant, {});
  return tenant.id;
}

void node_fixture::call(const core::tenant_id& company, const std::string& sid) {
  actors::webhook_job job;
  job.request = core::request_id("req_test");
  job.key = {company, core::webhook_kind::voice, sid, "ringing", -1, -1};
  job.received_at = clock.now();
  job.webhook.hooks_url = "https://gw.example.com/hooks/k7";
  job.webhook.params = twilio::form::from_pairs({{"CallSid", sid},
                                                 {"From", "+15559876543"},
                                                 {"To", "+15551234567"},
                                                 {"CallStatus", "ringing"},
                                                 {"Direction", "inbound"}});
  job.reply = actors::webhook_reply([this, sid](core::expected<core::webhook_answer> answer) {
    answers[sid] = answer ? answer->body : std::string(core::to_string(answer.error().code));
  });
  gateway->dispatch(std::move(job));
}

void node_fixture::settle_last_first() {
  while (scheduler().try_run_once_lifo()) {
  }
}

void node_fixture::pass(std::chrono::milliseconds time) {
  clock.pass_ms(time.count());
  scheduler().advance_time(time);
  settle();
}

std::string node_fixture::state_of(const core::tenant_id& company) {
  std::string state = "passive";
  const auto tree = gateway->actors({"TENANT", company.value, ""});
  for (const auto& worker : tree.root.children)
    for (const auto& child : worker.children)
      state = child.state;
  return state;
}

} // namespace trunkline::tests
