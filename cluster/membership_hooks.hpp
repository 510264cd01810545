#pragma once

#include "core/cluster_view.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace trunkline::cluster {

/// What the rest of a node hears of the cluster and says to it. Called from the membership's threads, one of
/// view_changed, claimed, about_to_release and lost at a time, perhaps before membership::join() has returned; none may
/// block for long, and any may be empty.
struct membership_hooks {
  /// Any change of members or shards.
  std::function<void(std::shared_ptr<const core::cluster_view>)> view_changed;
  /// Ours from now on.
  std::function<void(std::vector<core::owned_shard>)> claimed;
  /// Stop everything that acts for these shards, then call `stopped`, from any thread and whenever that is; only then
  /// others may have them.
  std::function<void(std::vector<int> shards, std::function<void()> stopped)> about_to_release;
  /// Ours no more, without having been asked: fenced or evicted, or the patience of a drain has ended.
  std::function<void(std::vector<int>)> lost;
  /// This incarnation is dead, once: the process must end.
  std::function<void(std::string reason)> dead;
  /// Whether the canaries have answered; asked before each renewal of the lease.
  std::function<bool()> healthy;
  /// Told to the others with each renewal.
  std::function<core::node_stats()> stats;
};

} // namespace trunkline::cluster
