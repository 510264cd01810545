#pragma once

#include "core/cluster_view.hpp"
#include "core/send_orders.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trunkline::persistence {

/// The messages of companies on their way out. Owner effects (claim, settle, resolve) are fenced: an error for which
/// is_fenced() is true means that another node is the owner now.
class outbox_store {
public:
  virtual ~outbox_store() = default;

  /// Stores a message that is to be sent, unless it is there already, and returns it as stored.
  /// ec::recipient_opted_out, ec::spend_cap_reached.
  virtual core::expected<core::message_record>
  enqueue(const core::outgoing_message& message, core::send_priority priority, const core::spend_day& spending) = 0;
  /// Takes what may go now out of the queue, in one transaction with all that speaks against it.
  virtual core::expected<core::send_orders> claim(const core::owned_shard& mine, const core::tenant_id& tenant,
                                                  const core::send_wish& wish) = 0;
  /// How attempts ended. One that has been settled before changes nothing.
  virtual core::expected<void> settle(const core::owned_shard& mine, const core::tenant_id& tenant,
                                      const std::vector<core::send_result>& results, const core::spend_day& spending,
                                      const core::doubt_settings& doubts) = 0;
  /// What Twilio has shown of a doubtful message; `candidates` as in core::judge_doubt(), bound ones included.
  virtual core::expected<core::doubt_end> resolve(const core::owned_shard& mine, const core::tenant_id& tenant,
                                                  const core::doubtful_message& message,
                                                  const std::optional<std::vector<core::sent_candidate>>& candidates,
                                                  bool resend_unclear, const core::doubt_settings& doubts,
                                                  core::timestamp now) = 0;
  /// Somebody says whether a message that is unknown or held went out. ec::not_found, ec::invalid_state.
  virtual core::expected<core::message_record> decide(const core::tenant_id& tenant, const core::message_id& message,
                                                      bool went_out, core::timestamp now) = 0;
  /// Companies that have something to do now, longest waiting first.
  virtual core::expected<std::vector<core::tenant_id>> due(core::timestamp now, size_t limit) = 0;
};

} // namespace trunkline::persistence
