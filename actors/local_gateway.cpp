#include "actors/local_gateway.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace trunkline::actors {

namespace {

persistence::tenant_door door_of(const core::tenant_profile& profile) {
  const auto& config = profile.config;
  persistence::tenant_door row;
  row.tenant = profile.tenant.id;
  row.account_sid = config.credentials.account_sid;
  row.auth_token = config.credentials.auth_token;
  row.next_auth_token = config.credentials.next_auth_token;
  row.signatures = config.signatures;
  row.hook = config.hook;
  row.legacy_number = config.legacy_number;
  row.whatsapp_number = config.whatsapp_number;
  row.numbers = config.numbers;
  return row;
}

} // namespace

void local_gateway::dispatch(webhook_job job) {
  auto* const elsewhere = parts_.node->elsewhere;
  if (!elsewhere || elsewhere->is_here(job.key.tenant))
    return dispatch_here(std::move(job));
  parts_.deadlines.watch(job.reply.watched());
  elsewhere->forward(std::move(job));
}

void local_gateway::dispatch_here(webhook_job job) {
  parts_.deadlines.watch(job.reply.watched());
  auto entry = parts_.node->tenants.enter(job.key.tenant, parts_.node->clock.steady());
  job.in_flight = std::move(entry.in_flight);
  auto rescuable = make_rescuable(std::move(job), [shards = parts_.shards](job_ptr lost) {
    caf::anon_send(shards, answer_safely{std::move(lost)});
  });
  if (entry.actor)
    caf::anon_send(entry.actor, handle_webhook{std::move(rescuable)});
  else
    caf::anon_send(parts_.shards, handle_webhook{std::move(rescuable)});
}

/// What was stored is true from now on for the front end and for the company's actor.
void local_gateway::publish(core::tenant_profile profile) {
  const auto shared = std::make_shared<const core::tenant_profile>(std::move(profile));
  tenant_actor running;
  parts_.node->tenants.with_slot(shared->tenant.id, [&](tenant_slot& slot) {
    if (shared->config.version < slot.config_version) // two workers read it back in the other order
      return;
    slot.config_version = shared->config.version;
    parts_.numbers.put(door_of(*shared));
    if (slot.profile)
      slot.profile = shared;
    follow_state(slot, shared->tenant.state);
    if (slot.phase == tenant_phase::running)
      running = slot.actor;
  });
  if (running)
    caf::anon_send(running, profile_changed{shared});
  parts_.node->bell->changed(shared->tenant.id);
}

/// Of a company that another node acts for: what that one has decided is in the row.
void local_gateway::follow_state(tenant_slot& slot, core::tenant_state state) const {
  if (!parts_.node->elsewhere || parts_.node->elsewhere->is_here(slot.id))
    return;
  if (state == core::tenant_state::quarantined) {
    slot.phase = tenant_phase::quarantined;
    if (!slot.crashes)
      slot.crashes = std::make_unique<tenant_slot::crash_record>();
  } else if (slot.phase == tenant_phase::quarantined) {
    slot.crashes->policy.release();
    slot.phase = tenant_phase::passive;
  }
}

void local_gateway::refresh(const core::tenant_id& id) {
  publish_from_database(id, [](const auto&) {});
}

/// Read back rather than assembled here: two changes at once then end with what the database has.
void local_gateway::publish_from_database(const core::tenant_id& id,
                                          std::function<void(core::expected<core::tenant_profile>)> then) {
  to_store_unwatched(load_profile{id, reply<core::tenant_profile>([this, id, then = std::move(then)](auto read) {
                                    if (read)
                                      publish(*read);
                                    else if (read.error().code == core::ec::company_not_found)
                                      forget(id);
                                    {
                                      std::lock_guard held(lock_);
                                      if (read || read.error().code == core::ec::company_not_found)
                                        stale_.erase(id);
                                      else
                                        stale_.insert(id);
                                    }
                                    then(std::move(read));
                                  })});
}

void local_gateway::database_is(bool up) {
  database_up_ = up;
  if (!up)
    pulse_.failed({core::ec::database_unavailable, "The database does not answer.", {}, {}}, parts_.node->clock.now());
  std::set<core::tenant_id> again;
  if (up) {
    std::lock_guard held(lock_);
    again = stale_;
  }
  for (const auto& id : again)
    publish_from_database(id, [](const auto&) {});
}

// The asker's patience is watched, the store's own answer is not: what was stored becomes known here even if whoever
// asked has given up, and so does what a lost connection may have stored.

void local_gateway::ask(create_company question) {
  parts_.deadlines.watch(question.answer.watched());
  question.answer = reply<core::tenant_profile>([this, asker = question.answer](auto created) {
    if (created)
      publish(*created);
    asker(std::move(created));
  });
  to_store_unwatched(std::move(question));
}

void local_gateway::ask(put_config question) {
  parts_.deadlines.watch(question.answer.watched());
  question.answer = reply<core::tenant_config>([this, id = question.tenant, asker = question.answer](auto stored) {
    const bool refused = !stored && stored.error().code != core::ec::database_unavailable;
    if (refused)
      return asker(std::move(stored));
    publish_from_database(id, [asker, stored](const auto& read) {
      if (stored && !read)
        return asker(core::fail(read.error()));
      asker(stored);
    });
  });
  to_store_unwatched(std::move(question));
}

void local_gateway::ask(change_company question) {
  parts_.deadlines.watch(question.answer.watched());
  question.answer = reply<core::tenant_profile>([this, id = question.tenant, asker = question.answer](auto changed) {
    if (!changed && changed.error().code != core::ec::database_unavailable)
      return asker(std::move(changed));
    publish_from_database(id, [asker, changed](const auto& read) { asker(changed ? read : changed); });
  });
  to_store_unwatched(std::move(question));
}

void local_gateway::ask(remove_company question) {
  parts_.deadlines.watch(question.answer.watched());
  question.answer = reply<void>([this, id = question.tenant, asker = question.answer](auto removed) {
    if (removed)
      forget(id);
    else if (removed.error().code == core::ec::database_unavailable) // gone or not: the database knows
      publish_from_database(id, [](const auto&) {});
    asker(std::move(removed));
  });
  to_store_unwatched(std::move(question));
}

void local_gateway::forget(const core::tenant_id& id) {
  parts_.numbers.remove(id);
  caf::anon_send(parts_.shards, forget_company{id});
  parts_.node->bell->changed(id);
  parts_.node->stores.ask(purge_removed{});
}

void local_gateway::ask(release_quarantine question) {
  parts_.deadlines.watch(question.answer.watched());
  if (office_ && !parts_.node->elsewhere->is_here(question.tenant))
    return office_->release_elsewhere(std::move(question));
  release_here(std::move(question));
}

void local_gateway::wake(const core::tenant_id& company) const {
  if (office_ && !parts_.node->elsewhere->is_here(company))
    return office_->wake_elsewhere(company);
  wake_here(company);
}

void local_gateway::ask(enqueue_message question) {
  parts_.deadlines.watch(question.answer.watched());
  question.answer = reply<core::message_record>(
      [this, company = question.message.message.tenant, asker = question.answer](auto stored) {
        if (stored || stored.error().code == core::ec::database_unavailable)
          wake(company);
        asker(std::move(stored));
      });
  to_store_unwatched(std::move(question));
}

void local_gateway::release_here(release_quarantine question) { caf::anon_send(parts_.shards, std::move(question)); }

// Not watched: HEALTH_MONITOR answers by itself, and takes its time.

void local_gateway::ask(read_health question) {
  office_ ? office_->ask(std::move(question)) : ask_monitor(std::move(question));
}
void local_gateway::ask(run_health question) {
  office_ ? office_->ask(std::move(question)) : ask_monitor(std::move(question));
}

actor_tree local_gateway::actors(const actor_filter& filter) const {
  return make_actor_tree(pulse_, draining_, parts_.node->clock.now(), parts_.workers, parts_.node->tenants,
                         companies_here(), filter, parts_.node->elsewhere);
}

size_t local_gateway::companies_here() const {
  const auto* elsewhere = parts_.node->elsewhere;
  if (!elsewhere)
    return parts_.numbers.companies();
  const auto all = parts_.numbers.all();
  return static_cast<size_t>(
      std::count_if(all.begin(), all.end(), [&](const auto& company) { return elsewhere->is_here(company); }));
}

bool local_gateway::quarantined(const core::tenant_id& tenant) const {
  bool found = false;
  parts_.node->tenants.with_slot(tenant, [&](tenant_slot& slot) { found = slot.phase == tenant_phase::quarantined; });
  return found;
}

// -- the cluster, or the one node -------------------------------------------------------------------------------------

void local_gateway::ask(read_cluster question) {
  parts_.deadlines.watch(question.answer.watched());
  if (office_)
    return office_->ask(std::move(question));
  core::cluster_status out;
  core::member self;
  self.incarnation = 1;
  self.name = node_name();
  self.status = draining_ ? core::node_status::draining : core::node_status::active;
  self.app_version = TRUNKLINE_VERSION;
  self.lease_unbroken_since = parts_.started_at;
  self.stats.companies_active = static_cast<int>(parts_.node->tenants.running());
  out.view.members = {self};
  for (int shard = 0; shard < core::shard_count; ++shard)
    out.view.shards.push_back({shard, self.incarnation, 1, core::shard_state::owned});
  out.wanted.assign(out.view.shards.size(), self.name);
  question.answer(std::move(out));
}

void local_gateway::ask(drain_node question) {
  parts_.deadlines.watch(question.answer.watched());
  if (question.node == node_name()) {
    question.answer({});
    return parts_.drain_process();
  }
  if (office_)
    return office_->ask(std::move(question));
  question.answer(core::fail(core::ec::not_found, "There is no such node. GET /api/admin/cluster lists them."));
}

void local_gateway::ask(read_actors question) {
  parts_.deadlines.watch(question.answer.watched());
  if (office_)
    return office_->ask(std::move(question));
  question.answer(std::vector{node_actors{node_name(), {}, actors(question.filter)}});
}

std::vector<std::string> local_gateway::not_ready_reasons() const {
  std::vector<std::string> reasons;
  if (draining_)
    reasons.emplace_back("draining");
  if (!database_up_)
    reasons.emplace_back("database");
  if (office_ && !office_->may_act())
    reasons.emplace_back("lease");
  return reasons;
}

} // namespace trunkline::actors
