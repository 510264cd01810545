#pragma once

#include "actors/local_message.hpp"
#include "actors/reply.hpp"
#include "core/call.hpp"
#include "core/message.hpp"
#include "core/principal.hpp"
#include "core/query.hpp"
#include "core/tenant_change.hpp"
#include "core/tenant_facts.hpp"
#include "core/tenant_profile.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace trunkline::actors {

// Questions to a STORE worker about companies and what they did.

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

// -- a tick it sends itself -------------------------------------------------------------------------------------------

struct purge_removed {};

} // namespace trunkline::actors

TRUNKLINE_LOCAL_MESSAGE(load_profile)
TRUNKLINE_LOCAL_MESSAGE(create_company)
TRUNKLINE_LOCAL_MESSAGE(list_companies)
TRUNKLINE_LOCAL_MESSAGE(put_config)
TRUNKLINE_LOCAL_MESSAGE(check_numbers)
TRUNKLINE_LOCAL_MESSAGE(change_company)
TRUNKLINE_LOCAL_MESSAGE(remove_company)
TRUNKLINE_LOCAL_MESSAGE(load_facts)
TRUNKLINE_LOCAL_MESSAGE(put_account_check)
TRUNKLINE_LOCAL_MESSAGE(list_conflicts)
TRUNKLINE_LOCAL_MESSAGE(sum_usage)
TRUNKLINE_LOCAL_MESSAGE(set_tenant_state)
TRUNKLINE_LOCAL_MESSAGE(list_calls)
TRUNKLINE_LOCAL_MESSAGE(find_call)
TRUNKLINE_LOCAL_MESSAGE(list_messages)
TRUNKLINE_LOCAL_MESSAGE(ping_database)
TRUNKLINE_LOCAL_MESSAGE(purge_removed)
