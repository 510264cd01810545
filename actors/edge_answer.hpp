#pragma once

#include "actors/services.hpp"
#include "actors/webhook_job.hpp"

#include <functional>

namespace trunkline::actors {

/// How a company answers, by what is known of it.
using decision =
    std::function<core::expected<core::webhook_event>(const core::tenant_profile& profile, const webhook_job& job)>;

/// Answers a webhook without the company's actor: from what this node knows of the company, or reads now. It is stored
/// under the same key as by the actor, so that whoever is first has decided, and everybody gives that answer.
void answer_without_actor(const std::shared_ptr<const services>& node, const job_ptr& job, decision decide);

/// As the company's own rules are; a quarantined company's with the safe chain.
core::expected<core::webhook_event> decide_at_the_edge(const core::tenant_profile& profile, const webhook_job& job);

} // namespace trunkline::actors
