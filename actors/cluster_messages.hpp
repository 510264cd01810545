#pragma once

#include "actors/actor_tree.hpp"
#include "actors/messages.hpp"
#include "actors/questions.hpp"
#include "core/cluster_status.hpp"

#include <string>
#include <vector>

namespace trunkline::actors {

/// The cluster as this node sees it, with the links of all nodes that say so in time.
struct read_cluster {
  reply<core::cluster_status> answer;
};

/// The node of this name hands over its companies and ends, as on SIGTERM; ec::not_found. Answered when it has heard.
struct drain_node {
  std::string node;
  reply<void> answer;
};

/// The actors of a node, or why they are not known.
struct node_actors {
  std::string node, error; ///< "unreachable"
  actor_tree tree;         ///< without an error
};

/// The actors of all nodes; those that do not answer within 2 s are said to be unreachable.
struct read_actors {
  actor_filter filter;
  reply<std::vector<node_actors>> answer;
};

using cluster_questions = asked_all<read_cluster, drain_node, read_actors>;
using shared_health_questions = asked_all<read_health, run_health>;

/// What a node that is not alone asks the others, and they it.
class cluster_office : public cluster_questions, public shared_health_questions {
public:
  using cluster_questions::ask;
  using shared_health_questions::ask;

  /// Whether this node's lease is valid.
  virtual bool may_act() const = 0;
  /// The node that acts for a company releases it.
  virtual void release_elsewhere(release_quarantine question) = 0;
  /// The node that acts for a company is told that it has something to send; should that get lost, it finds out itself.
  virtual void wake_elsewhere(const core::tenant_id& company) = 0;
};

} // namespace trunkline::actors
