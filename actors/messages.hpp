#pragma once

#include "actors/access_messages.hpp"
#include "actors/reply.hpp"
#include "actors/webhook_job.hpp"
#include "core/query.hpp"
#include "core/tenant_change.hpp"
#include "core/tenant_facts.hpp"
#include "core/tenant_profile.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

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

// -- STORE ------------------------------------------------------------------------------------------------------------

struct load_profile {
  core::tenant_id tenant;
  reply<core::tenant_profile> answer;
};

struct create_company {
  core::tenant tenant;
  core::author by;
  reply<core::tenant_profile> answer;
};

struct list_companies {
  core::tenant_filter filter;
  core::page_request page;
  reply<core::page<core::tenant_profile>> answer;
};

struct put_config {
  core::tenant_id tenant;
  std::optional<int64_t> if_version;
  core::tenant_config config;
  core::author by;
  reply<core::tenant_config> answer;
};

struct check_numbers {
  core::tenant_id tenant;
  core::tenant_config config;
  reply<void> answer;
};

struct change_company {
  core::tenant_id tenant;
  std::optional<int64_t> if_version; ///< of the company, not of its configuration
  core::tenant_change change;
  core::author by;
  reply<core::tenant_profile> answer;
};

struct remove_company {
  core::tenant_id tenant;
  core::author by;
  reply<void> answer;
};

struct load_facts {
  core::tenant_id tenant;
  reply<core::tenant_facts> answer;
};

struct put_account_check {
  core::tenant_id tenant;
  core::account_check check;
  reply<void> answer;
};

struct list_conflicts {
  core::page_request page;
  reply<core::page<core::number_conflict>> answer;
};

struct sum_usage {
  core::tenant_id tenant;
  std::vector<std::pair<core::timestamp, core::timestamp>> days; ///< from, until
  reply<std::vector<core::usage_day>> answer;
};

struct set_tenant_state {
  core::tenant_id tenant;
  core::tenant_state state = core::tenant_state::active;
  core::author by;
  reply<core::tenant_profile> answer;
};

struct list_calls {
  core::call_filter filter;
  core::page_request page;
  reply<core::page<core::call_record>> answer;
};

struct call_with_events {
  core::call_record call;
  std::vector<core::stored_event> events;
};

struct find_call {
  core::tenant_id tenant;
  core::call_id call;
  reply<call_with_events> answer;
};

struct list_messages {
  core::message_filter filter;
  core::page_request page;
  reply<core::page<core::message_record>> answer;
};

struct ping_database {
  reply<int64_t> answer; ///< round trip in microseconds
};

// -- ticks an actor sends itself --------------------------------------------------------------------------------------

struct commit_batch {};
struct look_for_idle {};
struct purge_removed {};
struct look_for_left {};
struct report_vitals {};

} // namespace trunkline::actors
