#pragma once

#include "core/cluster_view.hpp"

#include <string>
#include <vector>

namespace trunkline::core {

/// The way from one node to another, as the first sees it.
struct link_row {
  std::string from, to;   ///< names
  std::string state;      ///< "up", "degraded", "down"
  int64_t rtt_us = 0;     ///< of the last ping
  uint32_t in_flight = 0; ///< questions without an answer
  uint64_t bytes = 0;     ///< of them
};

/// The cluster as one node sees it; without a cluster the one node has everything.
struct cluster_status {
  bool single = true;
  cluster_view view;
  std::vector<link_row> links;
  std::vector<std::string> wanted; ///< by shard: the name of the node that should have it
};

} // namespace trunkline::core
