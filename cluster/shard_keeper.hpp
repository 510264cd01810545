#pragma once

#include "cluster/membership_hooks.hpp"
#include "cluster/shard_plan.hpp"
#include "persistence/cluster_store.hpp"

#include <deque>
#include <map>
#include <mutex>

namespace trunkline::cluster {

/// What one node does on each view: hears what it has gained and lost, evicts whose lease has run out, claims and
/// releases by the plan. For one thread; without one, so that it can be tried step by step.
class shard_keeper {
public:
  using ms = std::chrono::milliseconds;

  struct parts {
    persistence::cluster_store& store;
    const core::clock& clock; ///< only steady()
    const membership_hooks& hooks;
    std::function<void()> wake; ///< the keeper should act again soon; from any thread, also after the keeper is gone
    plan_settings plan;
    ms ttl;
  };

  shard_keeper(int me, parts with);

  /// Tells the hooks what is new. False: this incarnation is dead.
  bool see(const std::shared_ptr<const core::cluster_view>& view);
  /// Does what is to be done about the view last seen; `may_act`: the lease is valid.
  void act(bool may_act);
  /// Nothing is ours any more.
  void lose_all();

  bool owns_nothing() const { return owned_.empty(); }
  /// Whether shards wait for somebody, so that it is worth looking often.
  bool is_busy() const;

private:
  /// Written by whoever has stopped what acts for shards; outlives the keeper.
  struct stopped_shards {
    std::mutex lock;
    std::vector<core::owned_shard> shards;
  };

  struct departure {
    core::steady_time since;
    bool stopped = false;
  };

  void note_free(const core::cluster_view& view);
  void settle(const core::cluster_view& view);
  void release_stopped();
  void evict_expired();
  void claim(const std::vector<core::owned_shard>& wanted);
  void begin_release(const std::vector<core::owned_shard>& given);
  void forget(int shard);
  int moved_in_window();
  void show();

  const int me_;
  const parts parts_;
  std::shared_ptr<const core::cluster_view> view_;
  std::map<int, int64_t> owned_;     ///< epoch by shard
  std::map<int, departure> leaving_; ///< those of owned_ that are being released
  std::vector<core::steady_time> free_since_;
  core::steady_time quiet_since_;
  std::deque<std::pair<core::steady_time, int>> moved_; ///< when how many were released without need
  std::shared_ptr<stopped_shards> stopped_ = std::make_shared<stopped_shards>();
};

} // namespace trunkline::cluster
