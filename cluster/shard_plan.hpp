#pragma once

#include "cluster/rendezvous.hpp"
#include "core/clock.hpp"
#include "core/cluster_view.hpp"

#include <chrono>
#include <set>
#include <vector>

namespace trunkline::cluster {

struct plan_settings {
  using ms = std::chrono::milliseconds;
  ms runner_up_after{3'000}; ///< a shard is free for so long: the second in the wish takes it
  ms anybody_after{6'000};   ///< any active node does
  ms quiet{60'000};          ///< the members have not changed for so long: shards may move without need
  ms window{10'000};         ///< no more than a tenth of all shards move off a node in such a time
  int drain_batch = 16;
};

/// What one node knows when it decides.
struct plan_input {
  const core::cluster_view& view;
  int me = 0; ///< incarnation
  core::steady_time now;
  core::steady_time quiet_since;             ///< when the members changed last
  std::vector<core::steady_time> free_since; ///< by shard; of a shard that has an owner without meaning
  std::set<int> leaving;                     ///< ours, being released
  int moved_in_window = 0;                   ///< how many we have begun to release without need in the last window
};

/// Each at the epoch seen.
struct shard_plan {
  std::vector<core::owned_shard> claim, release;
};

/// What this node should do now. Free shards: their wished owner claims at once, the runner-up and then anybody later.
/// A draining node releases everything, batch by batch. Shards that should be somebody else's are released a few at a
/// time, and only when nothing else goes on: the members quiet, all active ones on one version, none of them late.
shard_plan plan_shards(const plan_input& in, const plan_settings& settings);

/// Who should own shards: active nodes of the newest version there is, so that an update moves each shard once.
std::vector<candidate> candidates_of(const core::cluster_view& view);

/// Compares dotted numbers as numbers: 1.10.0 is newer than 1.9.2, and 1.10.0-rc1 older than 1.10.0.
bool is_older_version(std::string_view a, std::string_view b);

} // namespace trunkline::cluster
