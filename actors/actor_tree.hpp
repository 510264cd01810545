#pragma once

#include "actors/vitals.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::actors {

class placement;
class tenant_registry;

/// One actor as an operator sees it.
struct actor_node {
  std::string kind, id;
  std::string company_id; ///< empty for none
  std::string state;      ///< starting running backoff passivating passive quarantined stopped
  size_t mailbox = 0;
  uint64_t restarts = 0;
  int64_t uptime_seconds = 0;
  std::optional<actors::last_error> last_error;
  std::vector<actor_node> children;
};

struct actor_tree {
  std::map<std::string, std::map<std::string, size_t>> counts; ///< kind -> state -> how many
  bool truncated = false;
  std::string node;
  actor_node root;
};

struct actor_filter {
  std::string kind, company_id, state; ///< empty for any
};

/// At most this many children of an actor are listed, the worst first.
inline constexpr size_t max_children = 200;

/// `workers` are the node's own actors; `companies` how many it acts for, running or not. With `elsewhere` only what is
/// here counts: what a node remembers of others' companies is theirs to tell.
actor_tree make_actor_tree(const vitals& node, bool draining, core::timestamp now,
                           const std::vector<std::shared_ptr<vitals>>& workers, tenant_registry& tenants,
                           size_t companies, const actor_filter& filter, const placement* elsewhere = nullptr);

} // namespace trunkline::actors
