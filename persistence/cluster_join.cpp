#include "persistence/cluster_join.hpp"

#include <algorithm>

namespace trunkline::persistence {

namespace {

constexpr std::string_view live = "cluster_is_live(status)";

/// The first node of all says how many shards there are.
void create_if_first(soci::session& sql, const join_request& request) {
  const auto made = execute(sql,
                            "insert into cluster_view (id, version, shards, changed_at) values (1, 0, :shards, "
                            "clock_timestamp()) on conflict do nothing",
                            request.shards);
  if (made == 1)
    execute(sql,
            "insert into shard_owner (shard, owner, epoch, state, changed_at) select s, null, 0, 'free', "
            "clock_timestamp() from generate_series(0, :shards - 1) as s",
            request.shards);
}

core::expected<void> check_shards(soci::session& sql, const join_request& request) {
  int shards = 0;
  fetch_row(sql, "select shards from cluster_view where id = 1 for update", std::tie(shards));
  if (shards == request.shards)
    return {};
  return core::fail(core::ec::invalid_configuration,
                    fmt::format("This cluster has {} shards and this program has {}. Run a program that has {}.",
                                shards, request.shards, shards));
}

/// The expired run of the same name, or with the same CAF node id: nobody else may have been alive to evict it.
void supersede_own(soci::session& sql, int me, const join_request& request) {
  execute(sql,
          fmt::format("update cluster_node set status = 'dead', ended_at = clock_timestamp(), ended_by = :me, "
                      "ended_because = 'superseded' where (name = :name or caf_node_id = :caf) and {} and "
                      "lease_expires_at < clock_timestamp()",
                      live),
          me, request.name, request.caf_node_id);
  execute(sql, fmt::format("delete from cluster_node where not {} and ended_at < clock_timestamp() - interval '1 day' "
                           "and not exists (select 1 from shard_owner where owner = incarnation)",
                           live));
}

std::string seconds(long long ms) { return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000); }

/// Members whose lease has run out are passed over: if all have crashed, the next version must be able to start. Not so
/// a namesake: that one's has run out since the last look, and the next try supersedes it.
core::expected<void> check_members(soci::session& sql, const join_request& request) {
  struct {
    std::string name, address, caf_node_id;
    int incarnation = 0, protocol = 0, oldest = 0;
    long long remaining = 0;
  } other;
  core::expected<void> result;
  const auto refuse = [&](core::ec code, std::string words) {
    if (result)
      result = core::fail(code, std::move(words));
  };
  for_each_row(
      sql,
      fmt::format("select name, address, caf_node_id, incarnation, protocol_version, oldest_protocol, "
                  "cast(extract(epoch from lease_expires_at - clock_timestamp()) * 1000 as bigint) "
                  "from cluster_node where {} and (lease_expires_at >= clock_timestamp() or name = :name or "
                  "caf_node_id = :caf) order by incarnation",
                  live),
      std::tie(other.name, other.address, other.caf_node_id, other.incarnation, other.protocol, other.oldest,
               other.remaining),
      [&] {
        if (other.name == request.name)
          refuse(core::ec::invalid_state,
                 fmt::format("A node named {} is running at {} (incarnation {}). Give this one another name; or, if "
                             "that one has crashed, wait until its lease has run out, in {}.",
                             other.name, other.address, other.incarnation, seconds(std::max(other.remaining, 0LL))));
        else if (other.caf_node_id == request.caf_node_id)
          refuse(core::ec::invalid_state,
                 fmt::format("Node {} at {} has the same CAF node id {}, as happens to copies of one container. Give "
                             "each a machine id or a MAC address of its own.",
                             other.name, other.address, other.caf_node_id));
        else if (other.protocol < request.oldest_protocol || request.protocol_version < other.oldest)
          refuse(core::ec::invalid_configuration,
                 fmt::format("Node {} at {} speaks protocol {} and understands {} and newer; this program speaks {} "
                             "and understands {} and newer. Update node by node, by versions that understand each "
                             "other.",
                             other.name, other.address, other.protocol, other.oldest, request.protocol_version,
                             request.oldest_protocol));
      },
      request.name, request.caf_node_id);
  return result;
}

} // namespace

core::expected<void> join_cluster(soci::session& sql, int me, const join_request& request) {
  create_if_first(sql, request);
  if (auto fits = check_shards(sql, request); !fits)
    return fits;
  supersede_own(sql, me, request);
  if (auto fits = check_members(sql, request); !fits)
    return fits;
  execute(
      sql,
      "insert into cluster_node (incarnation, name, status, address, caf_node_id, app_version, protocol_version, "
      "oldest_protocol, weight, joined_at, lease_expires_at, lease_unbroken_since, companies_active, degraded) "
      "select :me, :name, 'joining', :address, :caf, :version, :protocol, :oldest, :weight, now, now + cast(:ttl as "
      "interval), now, 0, false from (select clock_timestamp() as now) as t",
      me, request.name, request.address, request.caf_node_id, request.app_version, request.protocol_version,
      request.oldest_protocol, request.weight, interval(request.ttl));
  execute(sql, "select cluster_members_changed()");
  return {};
}

} // namespace trunkline::persistence
