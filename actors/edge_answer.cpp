#include "actors/edge_answer.hpp"

#include "actors/quiet.hpp"
#include "actors/record.hpp"
#include "actors/unknown_profile.hpp"
#include "config/log.hpp"

namespace trunkline::actors {

namespace {

core::expected<core::webhook_event> decide_safely_at_the_edge(const core::tenant_profile& profile,
                                                              const webhook_job& job) {
  return routing::decide_safely(profile, job.key, job.webhook, job.received_at);
}

void decide_and_record(const services& node, const job_ptr& job, const decision& decide,
                       const core::tenant_profile& profile) {
  auto event = guarded("an answer without the actor", [&] { return decide(profile, *job); });
  if (event)
    return record(node, job, std::move(*event));
  log::error(job->request, "company {}: {}", job->key.tenant, event.error().context);
  job->reply(core::fail(event.error()));
}

} // namespace

void answer_without_actor(const std::shared_ptr<const services>& node, const job_ptr& job, decision decide) {
  profile_ptr known;
  node->tenants.with_slot(job->key.tenant, [&](tenant_slot& slot) {
    known = slot.profile;
    slot.last_used_ms.store(node->clock.steady().ms, std::memory_order_relaxed); // nobody entered for it
  });
  if (known)
    return decide_and_record(*node, job, decide, *known);
  const auto tenant = job->key.tenant;
  const auto decide_when_read = [node, job, decide = std::move(decide)](auto read) {
    if (!read && read.error().code == core::ec::database_unavailable) // the journal takes it
      return decide_and_record(*node, job, decide_safely_at_the_edge, profile_in_an_outage(job->key.tenant));
    if (!read)
      return job->reply(core::fail(read.error()));
    const auto kept = std::make_shared<const core::tenant_profile>(std::move(*read));
    node->tenants.with_slot(job->key.tenant, [&](tenant_slot& slot) {
      if (!slot.profile)
        slot.profile = kept;
    });
    decide_and_record(*node, job, decide, *kept);
  };
  node->stores.ask(load_profile{tenant, reply<core::tenant_profile>(decide_when_read)});
}

core::expected<core::webhook_event> decide_at_the_edge(const core::tenant_profile& profile, const webhook_job& job) {
  const auto decide =
      profile.tenant.state == core::tenant_state::quarantined ? &routing::decide_safely : &routing::decide;
  return decide(profile, job.key, job.webhook, job.received_at);
}

} // namespace trunkline::actors
