#pragma once

#include "core/cluster_view.hpp"
#include "core/error.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::persistence {

class database;

/// What a node says of itself when it joins.
struct join_request {
  std::string name;    ///< stable: of the place, not of the run
  std::string address; ///< host:port of the cluster port
  std::string caf_node_id;
  std::string app_version;
  int protocol_version = 1; ///< between nodes; what it speaks
  int oldest_protocol = 1;  ///< what it still understands
  int weight = 1;           ///< how much it wants to own, relative to the others
  int shards = core::shard_count;
  std::chrono::milliseconds ttl{10'000};
};

/// The rows of the cluster. Every call is one atomic statement or transaction, may block up to the statement deadline,
/// and is made by one thread at a time. Times are compared by the database's clock alone. A failure of the database is
/// ec::database_unavailable, and then what was asked may have happened all the same: look at the view.
class cluster_store {
public:
  using ms = std::chrono::milliseconds;
  virtual ~cluster_store() = default;

  /// A number that no run of any node has had.
  virtual core::expected<int> new_incarnation() = 0;
  /// Takes or keeps the lock that shows that this run goes on; to be called from time to time, on a store that is used
  /// for nothing else, so that its connection is idle when the process ends and the server notices at once.
  virtual core::expected<void> hold_alive(int me) = 0;

  /// As `joining`, with a lease. A row of the same name whose lease has run out is superseded. ec::invalid_state: the
  /// name or the CAF node id is in use, the words say where; later it may not be. ec::invalid_configuration: another
  /// number of shards, or protocols that do not fit those of a member.
  virtual core::expected<void> join(int me, const join_request& request) = 0;
  /// To active, draining or left; false: not from where it is now (dead, for example).
  virtual core::expected<bool> go(int me, core::node_status wanted) = 0;
  /// Another `ttl` from now, and what it tells of itself: also whether its journal holds webhooks. Returns the version
  /// of the view; nothing: this run is dead.
  virtual core::expected<std::optional<int64_t>> renew(int me, ms ttl, const core::node_stats& stats) = 0;
  virtual core::expected<core::cluster_view> view() = 0;

  /// Whose lease has run out is dead from now on. Only somebody whose own lease is unbroken for a whole ttl may: false
  /// if not, or if there is nothing to do.
  virtual core::expected<bool> evict(int me, int victim, ms ttl) = 0;
  /// The same although the lease still runs, if nobody holds the victim's lock of hold_alive(). To be called only when
  /// its port refuses connections: a restart of the database lets go of all such locks.
  virtual core::expected<bool> evict_crashed(int me, int victim, ms ttl) = 0;

  /// Of shards that nobody owns and that are still at the epoch seen: those that are ours now, with their new epochs.
  /// A write of the last owner that is under way is waited for, a fraction of a second; else the shard is not among
  /// them this time.
  virtual core::expected<std::vector<core::owned_shard>> claim(int me, const std::vector<core::owned_shard>& seen) = 0;
  /// So that everybody sees them as releasing; they are still ours.
  virtual core::expected<void> announce_release(int me, const std::vector<core::owned_shard>& mine) = 0;
  /// Nobody's from now on; to be called when nothing acts for them any more. Returns those for which it worked.
  virtual core::expected<std::vector<int>> release(int me, const std::vector<core::owned_shard>& mine) = 0;
};

/// On a session of its own. Every call to one on SQLite is ec::invalid_configuration: a cluster needs PostgreSQL.
std::unique_ptr<cluster_store> make_cluster_store(database& db);

} // namespace trunkline::persistence
