#pragma once

#include "actors/webhook_job.hpp"
#include "core/cluster_view.hpp"

#include <optional>

namespace trunkline::actors {

/// Where companies are, for a node that does not have all of them. Thread-safe.
class placement {
public:
  virtual ~placement() = default;

  /// Whether this node acts for the company now.
  virtual bool is_here(const core::tenant_id& company) const = 0;
  /// The right to act for a company, if it is here.
  virtual std::optional<core::owned_shard> mine(const core::tenant_id& company) const = 0;
  /// Whether it still holds, and this node's lease with it; cheap enough for every single effect.
  virtual bool may_send(const core::owned_shard& right) const = 0;
  /// Hands a webhook to the node that acts for its company; where that one does not answer, it is answered here.
  virtual void forward(webhook_job job) = 0;
};

} // namespace trunkline::actors
