#pragma once

#include "actors/local_message.hpp"
#include "actors/reply.hpp"
#include "actors/webhook_job.hpp"
#include "core/principal.hpp"
#include "core/tenant_profile.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace trunkline::actors {

// What actors say to each other. Named structs that own their data; a question carries the right to answer it.

using profile_ptr = std::shared_ptr<const core::tenant_profile>;

// -- TENANT and SHARDS ------------------------------------------------------------------------------------------------

struct handle_webhook {
  job_ptr job;
};

struct answer_safely {
  job_ptr job;
};

struct profile_loaded {
  core::expected<core::tenant_profile> profile;
};

struct profile_changed {
  profile_ptr profile;
};

struct release_quarantine {
  core::tenant_id tenant;
  core::author by;
  reply<core::tenant_profile> answer;
};

/// The company is gone; its actor ends.
struct forget_company {
  core::tenant_id tenant;
};

/// Other nodes are to have these companies. `left` is answered when none of them is acted for here any more; what has
/// not ended when `patience` is over is ended.
struct leave_companies {
  std::function<bool(const core::tenant_id&)> which;
  std::chrono::milliseconds patience{5'000};
  reply<void> left;
};

struct quarantine_lifted {
  core::tenant_id tenant;
  profile_ptr profile;
  reply<core::tenant_profile> answer;
};

// -- INBOX ------------------------------------------------------------------------------------------------------------

struct record_event {
  job_ptr job;
  core::webhook_event event;
};

// -- ticks an actor sends itself --------------------------------------------------------------------------------------

struct commit_batch {};
struct look_for_idle {};
struct look_for_left {};

} // namespace trunkline::actors

TRUNKLINE_LOCAL_MESSAGE(handle_webhook)
TRUNKLINE_LOCAL_MESSAGE(answer_safely)
TRUNKLINE_LOCAL_MESSAGE(profile_loaded)
TRUNKLINE_LOCAL_MESSAGE(profile_changed)
TRUNKLINE_LOCAL_MESSAGE(release_quarantine)
TRUNKLINE_LOCAL_MESSAGE(forget_company)
TRUNKLINE_LOCAL_MESSAGE(leave_companies)
TRUNKLINE_LOCAL_MESSAGE(quarantine_lifted)
TRUNKLINE_LOCAL_MESSAGE(record_event)
TRUNKLINE_LOCAL_MESSAGE(commit_batch)
TRUNKLINE_LOCAL_MESSAGE(look_for_idle)
TRUNKLINE_LOCAL_MESSAGE(look_for_left)
