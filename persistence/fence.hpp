#pragma once

#include "core/cluster_view.hpp"
#include "core/error.hpp"

#include <vector>

namespace soci {
class session;
}

namespace trunkline::persistence {

/// To be called within session::run(..., access::write, ...) before anything else: until this transaction ends nobody
/// takes the shard over, and if somebody has, nothing may be written. Otherwise the error is one of which is_fenced()
/// is true: return it, so that all is rolled back. In SQLite there is one node, and it always holds. May throw SOCI's
/// exceptions, as all work within run().
core::expected<void> fence(soci::session& sql, const core::owned_shard& mine);

/// The same for a batch, where a stale row is refused alone: which of `mine` hold, in their order. Locks are taken in
/// ascending order of shards, so two batches never wait for each other; only one call in a transaction.
std::vector<bool> fence_each(soci::session& sql, const std::vector<core::owned_shard>& mine);

/// The shard has moved: whoever acted for it must stop. ec::not_ready, since the next owner will answer.
core::error fenced(const core::owned_shard& mine);
bool is_fenced(const core::error& failure);

} // namespace trunkline::persistence
