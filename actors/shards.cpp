#include "actors/shards.hpp"

#include "actors/edge_answer.hpp"
#include "actors/quiet.hpp"
#include "actors/tenant.hpp"
#include "config/log.hpp"
#include "core/metrics.hpp"
#include "health/causes.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <limits>

namespace trunkline::actors {

namespace {

core::counter activations("trunkline_activations_total", "Company actors spawned");
core::counter passivations("trunkline_passivations_total", "Company actors passivated");
core::counter restarts("trunkline_actor_restarts_total", "Company actors that crashed");
core::counter quarantines("trunkline_quarantines_total", "Companies quarantined");
core::counter safe_answers("trunkline_safe_answers_total", "Webhooks answered with the safe chain");
core::gauge active("trunkline_actor_active", "Actors running", "type", "TENANT");

} // namespace

void shards_state::handle(job_ptr job) {
  pulse->mailbox.store(self->mailbox().size(), std::memory_order_relaxed);
  auto [phase, target] = standing_of(job->key.tenant);
  if (phase == tenant_phase::passive && node->elsewhere &&
      !node->elsewhere->is_here(job->key.tenant)) // moved as the webhook came
    return answer_without_actor(node, job, decide_at_the_edge);
  if (phase == tenant_phase::passive)
    target = activate(job->key.tenant);
  if (target)
    caf::anon_send(target, handle_webhook{std::move(job)});
  else
    answer_with_safe_chain(job);
}

/// A company that may not run has nobody to send for it.
void shards_state::wake(const core::tenant_id& tenant) {
  if (node->elsewhere && !node->elsewhere->is_here(tenant))
    return;
  auto [phase, target] = standing_of(tenant);
  if (phase == tenant_phase::passive)
    target = activate(tenant);
  if (target)
    caf::anon_send(target, look_for_messages{});
}

/// Its actor has ended under it, perhaps only because nobody could say what the company is. What may be done now is
/// known when DOWN has been seen; until then the job comes back once more.
void shards_state::handle_again(const job_ptr& job) {
  auto me = caf::actor_cast<shards_actor>(self);
  handle(make_rescuable(std::move(*job), [me](job_ptr lost) { caf::anon_send(me, answer_safely{std::move(lost)}); }));
}

std::pair<tenant_phase, tenant_actor> shards_state::standing_of(const core::tenant_id& tenant) {
  std::pair<tenant_phase, tenant_actor> found;
  const auto now = node->clock.steady();
  node->tenants.with_slot(tenant, [&](tenant_slot& slot) {
    if (slot.phase == tenant_phase::backoff && slot.crashes->policy.may_run(now))
      slot.phase = tenant_phase::passive;
    slot.last_used_ms.store(now.ms, std::memory_order_relaxed);
    found.first = slot.phase;
    if (slot.phase == tenant_phase::running)
      found.second = slot.actor;
  });
  return found;
}

tenant_actor shards_state::activate(const core::tenant_id& tenant) {
  make_room(1, 2); // two go for one that comes, until a surplus is gone
  tenant_actor actor;
  node->tenants.with_slot(tenant, [&](tenant_slot& slot) { actor = spawn_tenant(slot); });
  return actor;
}

tenant_actor shards_state::spawn_tenant(tenant_slot& slot) {
  auto actor = self->spawn<caf::lazy_init>(tenant, node, slot.id);
  self->monitor<caf::message_priority::high>(actor);
  running.emplace(actor.address(), slot.id);
  slot.actor = actor;
  slot.phase = tenant_phase::running;
  slot.started_at = node->clock.now();
  by_use.put(slot, slot.last_used_ms.load(std::memory_order_relaxed));
  activations.add();
  active.add(1);
  return actor;
}

void shards_state::answer_with_safe_chain(const job_ptr& job) {
  safe_answers.add();
  answer_without_actor(node, job, [node = node, pulse = pulse](const auto& profile, const webhook_job& of) {
    auto event = guarded("safe chain", [&]() -> core::expected<core::webhook_event> {
      return routing::decide_safely(profile, of.key, of.webhook, of.received_at);
    });
    if (!event)
      pulse->failed(event.error(), node->clock.now());
    return event;
  });
}

void shards_state::down(const caf::down_msg& msg) {
  const auto found = running.find(msg.source);
  if (found == running.end())
    return;
  const auto tenant = found->second;
  running.erase(found);
  active.add(-1);
  for (auto& one : departures)
    one.running.erase(tenant);
  if (msg.reason == caf::sec::runtime_error) // what keep_quiet() makes of an exception
    return crashed(tenant, msg.source, msg.reason);
  node->tenants.with_slot(tenant, [&](tenant_slot& slot) {
    if (slot.actor && slot.actor.address() == msg.source) {
      slot.phase = tenant_phase::passive;
      slot.actor = nullptr;
      by_use.remove(slot);
    }
  });
}

void shards_state::crashed(const core::tenant_id& tenant, const caf::actor_addr& source, const caf::error& reason) {
  restarts.add();
  const auto now = node->clock.now();
  std::string what;
  if (reason.context().match_elements<std::string>())
    what = reason.context().get_as<std::string>(0);
  auto verdict = restart_policy::verdict::back_off;
  node->tenants.with_slot(tenant, [&](tenant_slot& slot) {
    if (!slot.crashes)
      slot.crashes = std::make_unique<tenant_slot::crash_record>();
    slot.crashes->last_error = {"handler_failed", what, now};
    if (slot.actor && slot.actor.address() != source) // passivated as it crashed, and its successor runs by now
      return;
    verdict = slot.crashes->policy.crashed(node->clock.steady());
    slot.phase = verdict == restart_policy::verdict::quarantine ? tenant_phase::quarantined : tenant_phase::backoff;
    slot.actor = nullptr;
    by_use.remove(slot);
  });
  if (verdict == restart_policy::verdict::quarantine)
    quarantine(tenant, what);
  else
    log::warn(log::no_request, "company {}: actor crashed, restarting with back-off: {}", tenant, what);
}

core::author shards_state::by_node() const {
  return {{"node", node->settings.node_name, core::role::platform_admin, {}}, {}};
}

void shards_state::quarantine(const core::tenant_id& tenant, const std::string& why) {
  quarantines.add();
  log::error(
      log::no_request,
      "ALERT COMPANY_QUARANTINED company {}: {} crashes within {} s, last: {}. Its webhooks are stored and answered "
      "with the safe chain; release it with POST /api/companies/{}/quarantine/release",
      tenant, restart_policy::crashes_to_quarantine, restart_policy::window_ms / 1000, why, tenant);
  node->bell->seen(health::quarantine_cause(tenant));
  store_quarantine(tenant);
}

void shards_state::store_quarantine(const core::tenant_id& tenant) {
  node->stores.ask(set_tenant_state{
      tenant, core::tenant_state::quarantined, by_node(),
      reply<core::tenant_profile>([node = node, pulse = pulse, unstored = unstored, tenant](auto done) {
        if (done || done.error().code == core::ec::company_not_found) // removed meanwhile
          return;
        log::error(log::no_request, "company {}: quarantine not stored: {}", tenant, done.error().detail);
        pulse->failed(done.error(), node->clock.now());
        unstored->add(tenant);
      })});
}

void shards_state::store_quarantines_again() {
  for (const auto& tenant : unstored->take())
    store_quarantine(tenant);
}

void shards_state::release(const release_quarantine& question) {
  bool was_quarantined = false;
  node->tenants.with_slot(question.tenant,
                          [&](tenant_slot& slot) { was_quarantined = slot.phase == tenant_phase::quarantined; });
  if (!was_quarantined)
    return question.answer(core::fail(core::ec::invalid_state, "This company is not quarantined."));
  unstored->release_begins(question.tenant);
  // The row first: if it can not be written, the company stays what the next start would make of it.
  auto me = caf::actor_cast<shards_actor>(self);
  node->stores.ask(set_tenant_state{
      question.tenant, core::tenant_state::active, question.by,
      reply<core::tenant_profile>(
          [me, unstored = unstored, tenant = question.tenant, asker = question.answer](auto stored) {
            unstored->release_ends(tenant, stored.has_value());
            if (!stored)
              return asker(core::fail(stored.error()));
            caf::anon_send(me, quarantine_lifted{tenant, std::make_shared<const core::tenant_profile>(*stored), asker});
          })});
}

void shards_state::lifted(const quarantine_lifted& news) {
  node->tenants.with_slot(news.tenant, [&](tenant_slot& slot) {
    if (slot.phase != tenant_phase::quarantined)
      return;
    slot.crashes->policy.release();
    slot.phase = tenant_phase::passive;
  });
  node->bell->gone(health::quarantine_cause(news.tenant).key);
  news.answer(*news.profile);
}

void shards_state::leave(const leave_companies& order) {
  departure going{{}, {node->clock.steady().ms + order.patience.count()}, order.left};
  for (const auto& [address, tenant] : running)
    if (order.which(tenant))
      going.running.insert(tenant);
  departures.push_back(std::move(going));
  look_for_left();
}

/// Who has nothing in hand ends; who has is looked at again soon.
void shards_state::look_for_left() {
  for (auto one = departures.begin(); one != departures.end();) {
    const bool late = node->clock.steady() >= one->until;
    for (const auto& tenant : one->running)
      node->tenants.with_slot(tenant, [&](tenant_slot& slot) {
        if (late || slot.in_flight.load(std::memory_order_acquire) == 0)
          end_tenant(slot);
      });
    if (!one->running.empty()) {
      ++one;
      continue;
    }
    one->left({});
    one = departures.erase(one);
  }
  if (!departures.empty())
    self->delayed_send(self, std::chrono::milliseconds(10), actors::look_for_left{});
}

/// To be called with the slot's lock held. High priority: an exit message of normal priority would wait behind the
/// backlog.
void shards_state::end_tenant(tenant_slot& slot) {
  by_use.remove(slot);
  if (slot.phase != tenant_phase::running)
    return;
  slot.phase = tenant_phase::passive;
  slot.profile = nullptr;
  caf::anon_send<caf::message_priority::high>(caf::actor_cast<caf::actor>(std::exchange(slot.actor, nullptr)),
                                              caf::exit_msg{self->address(), caf::exit_reason::user_shutdown});
}

/// What is still in flight for it is dropped, and hears so; nobody is to store anything for it any more.
void shards_state::forget(const core::tenant_id& tenant) {
  tenant_actor ending;
  node->tenants.with_slot(tenant, [&](tenant_slot& slot) {
    by_use.remove(slot);
    ending = std::exchange(slot.actor, nullptr);
    slot.phase = tenant_phase::passive;
    slot.profile = nullptr;
    slot.crashes = nullptr;
  });
  if (ending)
    caf::anon_send<caf::message_priority::high>(caf::actor_cast<caf::actor>(ending),
                                                caf::exit_msg{self->address(), caf::exit_reason::user_shutdown});
}

void shards_state::passivate_idle() {
  const auto now = node->clock.steady();
  const auto idle_since = now.ms - node->settings.tenant_idle.count();
  for (size_t left = by_use.size(); left > 0; --left) {
    auto* slot = by_use.longest_unused(now, idle_since, by_use.size() + 1);
    if (!slot)
      break;
    passivate(*slot);
  }
  make_room(0, by_use.size());
  if (node->elsewhere)
    forget_idle_elsewhere(idle_since);
}

/// What was read of other nodes' companies to decide for them here; those that have an actor forget it with that.
void shards_state::forget_idle_elsewhere(int64_t idle_since_ms) {
  node->tenants.for_each([&](tenant_slot& slot) {
    const bool idle = slot.phase == tenant_phase::passive && slot.in_flight.load(std::memory_order_acquire) == 0 &&
                      slot.last_used_ms.load(std::memory_order_relaxed) <= idle_since_ms;
    if (idle && slot.profile && !node->elsewhere->is_here(slot.id))
      slot.profile = nullptr;
  });
}

/// So that with those who are coming there are not more than the limit; at most so many go.
void shards_state::make_room(size_t coming, size_t at_most) {
  constexpr auto whenever = std::numeric_limits<int64_t>::max();
  for (; at_most > 0 && by_use.size() + coming > node->settings.max_active_tenants; --at_most) {
    auto* slot = by_use.longest_unused(node->clock.steady(), whenever, looks);
    if (!slot)
      return;
    passivate(*slot);
  }
}

/// Unless a webhook has come for it just now.
void shards_state::passivate(tenant_slot& which) {
  node->tenants.with_slot(which.id, [&](tenant_slot& slot) {
    if (slot.in_flight.load(std::memory_order_acquire) != 0)
      return;
    const bool runs = slot.phase == tenant_phase::running;
    end_tenant(slot);
    if (runs)
      passivations.add();
  });
}

shards_actor::behavior_type shards(shards_actor::stateful_pointer<shards_state> self,
                                   std::shared_ptr<const services> node, std::shared_ptr<vitals> pulse) {
  auto& st = self->state;
  st.self = self, st.node = std::move(node), st.pulse = std::move(pulse);
  keep_quiet(self);
  self->set_down_handler([&st](const caf::down_msg& msg) { st.down(msg); });
  const auto look_every =
      std::min<std::chrono::milliseconds>(st.node->settings.tenant_idle / 4, std::chrono::seconds(30));
  self->delayed_send(self, look_every, look_for_idle{});
  return {
      [&st](handle_webhook& msg) { st.handle(std::move(msg.job)); },
      [&st](const answer_safely& msg) { st.handle_again(msg.job); },
      [&st](release_quarantine& msg) { st.release(msg); },
      [&st](const wake_company& msg) { st.wake(msg.tenant); },
      [&st](const forget_company& msg) { st.forget(msg.tenant); },
      [&st](const leave_companies& msg) { st.leave(msg); },
      [&st](actors::look_for_left) { st.look_for_left(); },
      [&st](quarantine_lifted& msg) { st.lifted(msg); },
      [&st, self, look_every](look_for_idle) {
        st.passivate_idle();
        st.store_quarantines_again();
        self->delayed_send(self, look_every, look_for_idle{});
      },
  };
}

} // namespace trunkline::actors
