#include "actors/record.hpp"

#include <caf/send.hpp>

namespace trunkline::actors {

void record(const services& node, const job_ptr& job, core::webhook_event event) {
  const auto turn = tenant_registry::stripe_of(job->key.tenant) % node.inboxes.size();
  if (node.settings.durable)
    caf::anon_send(node.inboxes[turn], record_event{job, std::move(event)});
  else
    job->reply(std::move(event.answer));
}

} // namespace trunkline::actors
