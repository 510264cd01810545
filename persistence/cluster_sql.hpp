#pragma once

#include "core/cluster_view.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace trunkline::persistence {

/// Shards and epochs as two array literals of PostgreSQL, in the same order.
struct shard_arrays {
  std::string shards = "{", epochs = "{";

  explicit shard_arrays(const std::vector<core::owned_shard>& all) {
    for (const auto& one : all) {
      const auto* comma = shards.size() > 1 ? "," : "";
      shards += fmt::format("{}{}", comma, one.shard);
      epochs += fmt::format("{}{}", comma, one.epoch);
    }
    shards += '}', epochs += '}';
  }
};

} // namespace trunkline::persistence
