#include "actors/simulated_sending.hpp"

#include "core/ids.hpp"
#include "core/token_hash.hpp"
#include "routing/decide.hpp"

#include <caf/send.hpp>

namespace trunkline::actors {

namespace {

constexpr std::string_view nobodys_account = "AC00000000000000000000000000000000";

job_ptr callback(const core::tenant_id& tenant, const std::string& sid, std::string_view status, core::timestamp now) {
  auto job = std::make_shared<webhook_job>();
  job->webhook.kind = core::webhook_kind::status;
  job->webhook.raw_params = twilio::form_encode(
      {{"MessageSid", sid}, {"MessageStatus", std::string(status)}, {"AccountSid", std::string(nobodys_account)}});
  auto params = twilio::form::parse(job->webhook.raw_params);
  job->webhook.params = std::move(*params);
  job->key = *routing::key_of(job->webhook.kind, job->webhook.step, job->webhook.params);
  job->key.tenant = tenant;
  job->received_at = now;
  job->reply = webhook_reply([](const auto&) {}); // what nobody waits for is not stored
  return job;
}

} // namespace

send_answer simulated_answer(const core::message_record& message) {
  const auto digits = core::token_hash(message.id.value);
  return core::send_accepted{"SM" + digits.substr(0, 32), "queued", {}};
}

void simulate_callbacks(const services& node, const core::tenant_id& tenant, const std::string& twilio_sid) {
  const auto to = node.tenants.enter(tenant, node.clock.steady()).actor;
  if (!to)
    return;
  for (const std::string_view status : {"sent", "delivered"})
    caf::anon_send(to, handle_webhook{callback(tenant, twilio_sid, status, node.clock.now())});
}

} // namespace trunkline::actors
