#include "http/shapes/cluster.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace trunkline::http::shapes {

namespace {

void write_member(json::writer& out, const core::member& node, int shards_owned) {
  out.begin_object()
      .field("name", node.name)
      .field("incarnation", static_cast<int64_t>(node.incarnation))
      .field("status", core::to_string(node.status))
      .field("address", node.address)
      .field("version", node.app_version)
      .field("weight", static_cast<int64_t>(node.weight))
      .field("leaseRemainingMs", std::max<int64_t>(0, node.lease_remaining.count()))
      .field("leaseUnbrokenSince", core::to_rfc3339(node.lease_unbroken_since))
      .field("shardsOwned", static_cast<int64_t>(shards_owned))
      .field("companiesActive", static_cast<int64_t>(node.stats.companies_active))
      .field("degraded", node.stats.degraded)
      .end_object();
}

void write_link(json::writer& out, const core::link_row& link) {
  out.begin_object()
      .field("from", link.from)
      .field("to", link.to)
      .field("state", link.state)
      .field("rttMs", static_cast<double>(link.rtt_us) / 1000)
      .field("inflight", static_cast<int64_t>(link.in_flight))
      .field("bytesQueued", static_cast<int64_t>(link.bytes))
      .end_object();
}

std::string name_of(const core::cluster_status& status, const core::shard_row& row) {
  const auto* owner = row.owner ? status.view.find(*row.owner) : nullptr;
  return owner ? owner->name : "";
}

} // namespace

void write_cluster(json::writer& out, const core::cluster_status& status) {
  std::map<int, int> owned;
  int64_t unowned = 0, moving = 0;
  for (const auto& row : status.view.shards) {
    row.owner ? ++owned[*row.owner] : ++unowned;
    moving += row.state == core::shard_state::releasing ? 1 : 0;
  }
  out.begin_object();
  out.field("mode", status.single ? "single" : "cluster");
  out.field("viewVersion", status.view.version);
  out.key("nodes").begin_array();
  for (const auto& node : status.view.members)
    write_member(out, node, owned[node.incarnation]);
  out.end_array();
  const auto total = static_cast<int64_t>(status.view.shards.size());
  out.key("shards")
      .begin_object()
      .field("total", total)
      .field("owned", total - unowned)
      .field("unowned", unowned)
      .field("moving", moving)
      .end_object();
  out.key("links").begin_array();
  for (const auto& link : status.links)
    write_link(out, link);
  out.end_array();
  out.end_object();
}

void write_shard(json::writer& out, const core::cluster_status& status, const core::shard_row& row) {
  const auto owner = name_of(status, row);
  const auto index = static_cast<size_t>(row.shard);
  const auto wanted = index < status.wanted.size() ? status.wanted[index] : std::string();
  out.begin_object()
      .field("shard", static_cast<int64_t>(row.shard))
      .field("owner", owner.empty() ? std::nullopt : std::optional(owner))
      .field("epoch", row.epoch)
      .field("state", core::to_string(row.state))
      .field("wanted", wanted.empty() ? std::nullopt : std::optional(wanted))
      .end_object();
}

} // namespace trunkline::http::shapes
