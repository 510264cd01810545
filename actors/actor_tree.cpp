#include "actors/actor_tree.hpp"

#include "actors/placement.hpp"
#include "actors/tenant_registry.hpp"

#include <algorithm>
#include <utility>

namespace trunkline::actors {

namespace {

std::string_view to_string(tenant_phase phase) {
  switch (phase) {
  case tenant_phase::passive:
    return "passive";
  case tenant_phase::running:
    return "running";
  case tenant_phase::backoff:
    return "backoff";
  case tenant_phase::quarantined:
    return "quarantined";
  }
  return "passive";
}

/// Worst first: quarantined, then waiting to restart, then by restarts and mailbox.
auto badness(const actor_node& node) {
  const int by_state = node.state == "quarantined" ? 2 : node.state == "backoff" ? 1 : 0;
  return std::tuple(by_state, node.restarts, node.mailbox);
}

actor_node describe(const tenant_slot& slot, core::timestamp now) {
  actor_node out;
  out.kind = "TENANT";
  out.id = out.company_id = slot.id.value;
  out.state = to_string(slot.phase);
  out.mailbox = slot.in_flight.load(std::memory_order_relaxed);
  if (slot.phase == tenant_phase::running)
    out.uptime_seconds = (now.ms - slot.started_at.ms) / 1000;
  if (slot.crashes) {
    out.restarts = slot.crashes->policy.crashes();
    out.last_error = slot.crashes->last_error;
  }
  return out;
}

/// None of these is ever anything but running, nor started again: when one ends, so does the process.
actor_node describe(const vitals& worker, core::timestamp now) {
  actor_node out;
  out.kind = worker.kind, out.id = worker.id, out.state = "running";
  out.mailbox = worker.mailbox.load(std::memory_order_relaxed);
  out.uptime_seconds = (now.ms - worker.started_at.ms) / 1000;
  out.last_error = worker.last();
  return out;
}

bool wanted(const actor_node& node, const actor_filter& filter) {
  return (filter.kind.empty() || node.kind == filter.kind) && (filter.state.empty() || node.state == filter.state) &&
         (filter.company_id.empty() || node.company_id == filter.company_id);
}

/// The companies that are not passive, worst first, at most max_children of them; counts all of them.
std::vector<actor_node> describe_tenants(tenant_registry& tenants, core::timestamp now, size_t companies,
                                         const actor_filter& filter, const placement* elsewhere, actor_tree& out) {
  std::vector<actor_node> found;
  auto& counts = out.counts["TENANT"];
  counts = {{"running", 0}, {"passive", 0}, {"quarantined", 0}};
  size_t not_passive = 0;
  const auto worse = [](const actor_node& a, const actor_node& b) { return badness(a) > badness(b); };
  tenants.for_each([&](tenant_slot& slot) {
    if (slot.phase == tenant_phase::passive || (elsewhere && !elsewhere->is_here(slot.id)))
      return;
    ++not_passive;
    ++counts[std::string(to_string(slot.phase))];
    auto node = describe(slot, now);
    if (!wanted(node, filter))
      return;
    found.push_back(std::move(node));
    std::push_heap(found.begin(), found.end(), worse);
    if (found.size() > max_children) { // drop the least bad, which the heap has in front
      std::pop_heap(found.begin(), found.end(), worse);
      found.pop_back();
      out.truncated = true;
    }
  });
  counts["passive"] = companies > not_passive ? companies - not_passive : 0;
  std::sort_heap(found.begin(), found.end(), worse);
  return found;
}

} // namespace

actor_tree make_actor_tree(const vitals& node, bool draining, core::timestamp now,
                           const std::vector<std::shared_ptr<vitals>>& workers, tenant_registry& tenants,
                           size_t companies, const actor_filter& filter, const placement* elsewhere) {
  actor_tree out;
  out.node = node.id;
  out.root = describe(node, now);
  if (draining)
    out.root.state = "passivating";
  auto children = describe_tenants(tenants, now, companies, filter, elsewhere, out);
  out.counts["NODE"][out.root.state] = 1;
  for (const auto& worker : workers) {
    auto described = describe(*worker, now);
    ++out.counts[described.kind][described.state];
    if (described.kind == "SHARDS") {
      described.children = std::exchange(children, {});
      out.root.children.push_back(std::move(described)); // always there: the companies hang on it
    } else if (wanted(described, filter)) {
      out.root.children.push_back(std::move(described));
    }
  }
  return out;
}

} // namespace trunkline::actors
