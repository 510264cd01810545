#pragma once

#include "core/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::core {

/// How many shards the companies of a cluster are divided into; fixed for the life of its database.
constexpr int shard_count = 256;

enum class node_status : uint8_t { joining, active, draining, left, dead };

/// As the API and the database spell it.
std::string_view to_string(node_status status);
std::optional<node_status> parse_node_status(std::string_view text);

/// Joining, active or draining: it may own shards and renews its lease.
constexpr bool is_live(node_status status) { return status < node_status::left; }

/// What a node tells of itself with every renewal of its lease.
struct node_stats {
  int companies_active = 0;
  bool degraded = false; ///< it can not reach all of its peers

  friend bool operator==(const node_stats&, const node_stats&) = default;
};

/// One run of one process. A restarted node is another member of the same name.
struct member {
  int incarnation = 0; ///< never used twice
  std::string name;    ///< of the place, not of the run: a restarted node gets its old shards back
  node_status status = node_status::joining;
  std::string address; ///< host:port of its cluster port
  std::string caf_node_id, app_version;
  int protocol_version = 0;
  int weight = 1;
  std::chrono::milliseconds lease_remaining{0}; ///< by the database's clock when the view was read; negative: expired
  timestamp lease_unbroken_since;               ///< the database's time
  node_stats stats;
};

enum class shard_state : uint8_t { free, owned, releasing };

std::string_view to_string(shard_state state);
std::optional<shard_state> parse_shard_state(std::string_view text);

/// Who has a shard, as a fact. A shard of a node that is gone is free, its epoch still the old one.
struct shard_row {
  int shard = 0;
  std::optional<int> owner; ///< incarnation
  int64_t epoch = 0;        ///< grows with every change of owner
  shard_state state = shard_state::free;

  friend bool operator==(const shard_row&, const shard_row&) = default;
};

/// A right to act for a shard, or an epoch at which one was seen: what owner effects are fenced with. Epoch 0: of a
/// node that shares its companies with nobody.
struct owned_shard {
  int shard = 0;
  int64_t epoch = 0;

  friend bool operator==(const owned_shard&, const owned_shard&) = default;
};

/// Everything about the cluster as it was at one moment.
struct cluster_view {
  int64_t version = 0;           ///< grows with every change of `members`; shards change without it
  std::vector<member> members;   ///< all live ones, and of the other names the latest
  std::vector<shard_row> shards; ///< by number, without gaps

  const member* find(int incarnation) const {
    for (const auto& one : members)
      if (one.incarnation == incarnation)
        return &one;
    return nullptr;
  }
};

} // namespace trunkline::core
