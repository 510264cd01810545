#include "actors/tenant.hpp"

#include "actors/outbox.hpp"
#include "actors/quiet.hpp"
#include "actors/record.hpp"
#include "actors/unknown_profile.hpp"
#include "config/log.hpp"

#include <caf/send.hpp>

#include <stdexcept>

namespace trunkline::actors {

void tenant_state::start() {
  auto to_self = caf::actor_cast<tenant_actor>(self);
  node->stores.ask(load_profile{id, reply<core::tenant_profile>([to_self](core::expected<core::tenant_profile> read) {
                                  caf::anon_send(to_self, profile_loaded{std::move(read)});
                                })});
}

void tenant_state::handle(job_ptr job) {
  if (profile)
    decide(job);
  else
    waiting.push_back(std::move(job));
}

void tenant_state::loaded(core::expected<core::tenant_profile> read) {
  if (!read) { // not a crash: the database is away. Whoever asks next starts a new one
    const bool away = read.error().code == core::ec::database_unavailable;
    for (const auto& job : waiting)
      if (away)
        record(*node, job, routing::decide_safely(profile_in_an_outage(id), job->key, job->webhook, job->received_at));
      else
        job->reply(core::fail(read.error()));
    waiting.clear();
    self->quit(caf::exit_reason::normal);
    return;
  }
  if (!profile) // a change that came in meanwhile is newer
    profile = std::make_shared<const core::tenant_profile>(std::move(*read));
  publish();
  for (; !waiting.empty(); waiting.pop_front())
    decide(waiting.front());
  if (std::exchange(woken, false))
    look_for_messages();
}

void tenant_state::look_for_messages() {
  if (!profile) {
    woken = true;
    return;
  }
  if (!outbox) {
    outbox = self->spawn(actors::outbox, node, profile);
    self->monitor(outbox);
  }
  self->send(outbox, actors::look_for_messages{});
}

tenant_state::~tenant_state() {
  if (outbox)
    caf::anon_send<caf::message_priority::high>(caf::actor_cast<caf::actor>(outbox),
                                                caf::exit_msg{outbox.address(), caf::exit_reason::user_shutdown});
}

void tenant_state::change(profile_ptr next) {
  if (profile && next->config.version < profile->config.version) // two changes, told in the other order
    return;
  profile = std::move(next);
  publish();
  if (outbox)
    self->send(outbox, profile_changed{profile});
}

void tenant_state::publish() {
  node->tenants.with_slot(id, [&](tenant_slot& slot) { slot.profile = profile; });
}

void tenant_state::decide(const job_ptr& job) {
  try {
    if (!node->settings.failing_company.empty() && node->settings.failing_company == id)
      throw std::runtime_error("told to fail by testing.failing_company");
    record(*node, job, routing::decide(*profile, job->key, job->webhook, job->received_at));
  } catch (const std::exception& problem) {
    log::error(job->request, "company {}: handler failed: {}", id, problem.what());
    record(*node, job, routing::decide_safely(*profile, job->key, job->webhook, job->received_at));
    throw; // the actor's state can not be trusted any more
  }
}

tenant_actor::behavior_type tenant(tenant_actor::stateful_pointer<tenant_state> self,
                                   std::shared_ptr<const services> node, core::tenant_id id) {
  auto& st = self->state;
  st.self = self, st.node = std::move(node), st.id = std::move(id);
  keep_quiet(self);
  self->set_down_handler([&st](const caf::down_msg& msg) {
    if (st.outbox && msg.source == st.outbox.address())
      st.outbox = nullptr; // done, or crashed: who looks for what is due wakes it again
  });
  st.start();
  return {
      [&st](handle_webhook& msg) { st.handle(std::move(msg.job)); },
      [&st](profile_loaded& msg) { st.loaded(std::move(msg.profile)); },
      [&st](profile_changed& msg) { st.change(std::move(msg.profile)); },
      [&st](actors::look_for_messages) { st.look_for_messages(); },
  };
}

} // namespace trunkline::actors
