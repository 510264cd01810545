#pragma once

#include "actors/local_message.hpp"
#include "actors/reply.hpp"
#include "actors/twilio_messages.hpp"
#include "core/cluster_view.hpp"
#include "core/send_orders.hpp"

#include <optional>
#include <vector>

namespace trunkline::actors {

// What a STORE worker is asked about messages on their way out. What an owner does is fenced: ec::not_ready means that
// the company has moved to another node.

/// ec::recipient_opted_out, ec::spend_cap_reached. A message that is there already is answered as it is.
struct enqueue_message {
  core::outgoing_message message;
  core::send_priority priority = core::send_priority::chat;
  core::spend_day spending;
  reply<core::message_record> answer;
};

struct claim_messages {
  core::owned_shard mine;
  core::tenant_id tenant;
  core::send_wish wish;
  reply<core::send_orders> answer;
};

struct settle_messages {
  core::owned_shard mine;
  core::tenant_id tenant;
  std::vector<core::send_result> results;
  core::spend_day spending;
  core::doubt_settings doubts;
  reply<void> answer;
};

struct resolve_message {
  core::owned_shard mine;
  core::tenant_id tenant;
  core::doubtful_message message;
  std::optional<std::vector<core::sent_candidate>> candidates; ///< none: the list could not be had
  bool resend_unclear = false;
  core::doubt_settings doubts;
  reply<core::doubt_end> answer;
};

/// Somebody's word on a message that is unknown or held; ec::not_found, ec::invalid_state.
struct decide_message {
  core::tenant_id tenant;
  core::message_id message;
  bool went_out = false;
  reply<core::message_record> answer;
};

struct list_due_companies {
  size_t most = 1'000;
  reply<std::vector<core::tenant_id>> answer;
};

// -- OUTBOX -----------------------------------------------------------------------------------------------------------

/// Something may be there to be sent.
struct look_for_messages {};

struct messages_claimed {
  core::expected<core::send_orders> orders;
};

struct attempt_ended {
  core::message_id message;
  int number = 0; ///< of the attempt
  std::string lane;
  core::expected<send_answer> said;
};

/// INTERNAL: what could not be stored is tried again.
struct settle_again {};

struct attempts_settled {
  std::vector<core::send_result> results;
  core::expected<void> done;
};

struct doubt_examined {
  core::doubtful_message message;
  std::optional<std::vector<core::sent_candidate>> candidates;
};

struct doubt_settled {
  core::doubtful_message message;
  core::expected<core::doubt_end> end;
};

struct look_again {
  int64_t turn = 0; ///< an older one than the last does not count
};

// -- who wakes it -----------------------------------------------------------------------------------------------------

struct wake_company {
  core::tenant_id tenant;
};
struct look_for_due {};
struct due_found {
  core::expected<std::vector<core::tenant_id>> companies;
};

} // namespace trunkline::actors

TRUNKLINE_LOCAL_MESSAGE(enqueue_message)
TRUNKLINE_LOCAL_MESSAGE(claim_messages)
TRUNKLINE_LOCAL_MESSAGE(settle_messages)
TRUNKLINE_LOCAL_MESSAGE(resolve_message)
TRUNKLINE_LOCAL_MESSAGE(decide_message)
TRUNKLINE_LOCAL_MESSAGE(list_due_companies)
TRUNKLINE_LOCAL_MESSAGE(look_for_messages)
TRUNKLINE_LOCAL_MESSAGE(messages_claimed)
TRUNKLINE_LOCAL_MESSAGE(attempt_ended)
TRUNKLINE_LOCAL_MESSAGE(settle_again)
TRUNKLINE_LOCAL_MESSAGE(attempts_settled)
TRUNKLINE_LOCAL_MESSAGE(doubt_examined)
TRUNKLINE_LOCAL_MESSAGE(doubt_settled)
TRUNKLINE_LOCAL_MESSAGE(look_again)
TRUNKLINE_LOCAL_MESSAGE(wake_company)
TRUNKLINE_LOCAL_MESSAGE(look_for_due)
TRUNKLINE_LOCAL_MESSAGE(due_found)
