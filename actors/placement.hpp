#pragma once

#include "actors/webhook_job.hpp"

namespace trunkline::actors {

/// Where companies are, for a node that does not have all of them. Thread-safe.
class placement {
public:
  virtual ~placement() = default;

  /// Whether this node acts for the company now.
  virtual bool is_here(const core::tenant_id& company) const = 0;
  /// Hands a webhook to the node that acts for its company; where that one does not answer, it is answered here.
  virtual void forward(webhook_job job) = 0;
};

} // namespace trunkline::actors
