#pragma once

#include "core/cluster_view.hpp"
#include "core/ids.hpp"

#include <optional>
#include <span>
#include <string>

namespace trunkline::cluster {

/// 0 to core::shard_count - 1; the same for ever, on every node.
int shard_of(const core::tenant_id& tenant);

/// Somebody who could own shards.
struct candidate {
  std::string name;
  int weight = 1;      ///< not above 0: never chosen
  int incarnation = 0; ///< whose it is; the choice does not depend on it
};

/// Weighted rendezvous hashing: each candidate scores -weight / ln(u) for a u in (0, 1) hashed from its name and the
/// shard, and the highest wins. A candidate that comes or goes moves only the shards it wins or had; the expected share
/// is proportional to the weight. Rendezvous: Thaler and Ravishankar, "Using name-based mappings to increase hit
/// rates", IEEE/ACM Transactions on Networking 6(1), 1998. Its weights: Schindelhauer and Schomaker, "Weighted
/// distributed hash tables", SPAA 2005, in the form of Resch, "New hashing algorithms for data storage", SNIA SDC 2015.
double rendezvous_score(int shard, const candidate& who);

struct wish {
  const candidate* first = nullptr;  ///< who should own the shard; nullptr if there is nobody
  const candidate* second = nullptr; ///< who should if the first does not
};

wish wish_for(int shard, std::span<const candidate> candidates);

} // namespace trunkline::cluster
