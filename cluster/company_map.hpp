#pragma once

#include "actors/placement.hpp"
#include "actors/services.hpp"
#include "cluster/peers.hpp"
#include "core/cluster_view.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <vector>

namespace trunkline::cluster {

/// Which node acts for which company, and the way of a webhook there. Read on every webhook, without a lock; written by
/// the membership's threads.
class company_map final : public actors::placement {
public:
  /// So many webhooks are decided here at once because the owner is slow; an owner that is slow must not double the
  /// load of everybody else for long. As many as can wait for one owner, for when it falls silent they all come at
  /// once.
  static constexpr int most_for_slow_owners = 1'000;

  /// Before the first webhook.
  void begin(std::shared_ptr<const actors::services> node, const peers& others) {
    node_ = std::move(node);
    others_ = &others;
  }
  /// After the last one.
  void end() { node_ = nullptr, others_ = nullptr; }

  bool is_here(const core::tenant_id& company) const override;
  std::optional<core::owned_shard> mine(const core::tenant_id& company) const override;
  bool may_send(const core::owned_shard& right) const override;
  void forward(actors::webhook_job job) override;
  /// The node that acts for a company, its incarnation; 0: nobody now.
  int owner_of(const core::tenant_id& company) const;

  void follow(const core::cluster_view& view, int me);
  void have(const std::vector<core::owned_shard>& ours);
  void have_not(const std::vector<int>& shards);
  int shards_here() const;
  /// Whether this node's lease holds; nobody may send before this is known.
  void may_act_while(std::function<bool()> holds) { lease_holds_ = std::move(holds); }

private:
  void owner_failed(const actors::job_ptr& job, const core::error& why);

  std::shared_ptr<const actors::services> node_;
  const peers* others_ = nullptr;
  std::array<std::atomic<int64_t>, core::shard_count> epoch_here_{}; ///< 0: not ours
  std::array<std::atomic<int>, core::shard_count> owner_{};          ///< incarnation; 0: nobody
  std::atomic<int> for_slow_owners_{0};
  std::function<bool()> lease_holds_;
};

} // namespace trunkline::cluster
