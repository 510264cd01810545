#pragma once

#include "cluster/membership_hooks.hpp"
#include "cluster/shard_plan.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"
#include "persistence/cluster_store.hpp"

#include <chrono>
#include <memory>

namespace trunkline::cluster {

struct membership_settings {
  using ms = std::chrono::milliseconds;
  core::secret database_url;      ///< PostgreSQL, migrated
  persistence::join_request self; ///< with the TTL of the lease
  plan_settings plan;
  ms poll{1'000};      ///< the view is read at least so often, and at once when the database says that it changed
  ms poll_busy{200};   ///< while shards have no owner or are being released
  ms join_patience{0}; ///< how long a name in use is waited for; 0: one and a half TTL, enough if its owner has crashed
};

/// This node's place in the cluster: its lease, its view of the others, its shards. Two threads and five sessions of
/// its own, with a deadline of 1 s for every statement. Ended without drain(), it looks to the others as if it had
/// crashed.
class membership {
public:
  using ms = std::chrono::milliseconds;

  /// Joins and becomes active. Blocks as long as the name is in use and the patience lasts: ec::invalid_state, in words
  /// for the operator. ec::invalid_configuration, ec::database_unavailable.
  static core::expected<std::unique_ptr<membership>> join(membership_settings settings, membership_hooks hooks);
  ~membership();
  membership(const membership&) = delete;
  membership& operator=(const membership&) = delete;

  int incarnation() const;
  /// Whether the lease is valid by our own clock: to be asked right before every effect that only an owner may have.
  bool may_act() const;
  /// How long that holds if the database is away from now on.
  ms lease_remaining() const;
  /// The newest there is; never nullptr.
  std::shared_ptr<const core::cluster_view> view() const;
  /// Reads the view again at once, for whoever has met the fence.
  void look();

  /// The others are not to wait for the lease of a crashed node. To be called when its link is down and its port
  /// refuses connections; here its database session must be gone as well, and our own lease unbroken for a TTL, else
  /// ec::invalid_state: then the lease decides.
  core::expected<void> evict_crashed(int incarnation);

  /// Releases all shards, batch by batch, and leaves; blocks until then. What has not stopped when the patience ends is
  /// lost, and its fence holds. The last thing to be called: nothing is ours afterwards.
  void drain(ms patience);

  struct impl;

private:
  explicit membership(std::unique_ptr<impl> body);
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::cluster
