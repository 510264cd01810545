#include "persistence/fence.hpp"

#include "core/metrics.hpp"
#include "persistence/cluster_sql.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <set>

namespace trunkline::persistence {

namespace {

core::counter rejects("trunkline_fence_rejects_total", "Writes refused because their shard has moved");

constexpr std::string_view fenced_state = "TW001";
constexpr std::string_view mark = "fenced: ";

bool is_cluster(soci::session& sql) { return sql.get_backend_name() == "postgresql"; }

} // namespace

core::error fenced(const core::owned_shard& mine) {
  return {core::ec::not_ready,
          "This company has just moved to another node. Try again.",
          fmt::format("{}shard {} is not at epoch {} any more", mark, mine.shard, mine.epoch),
          {}};
}

bool is_fenced(const core::error& failure) {
  return failure.code == core::ec::not_ready && failure.context.starts_with(mark);
}

core::expected<void> fence(soci::session& sql, const core::owned_shard& mine) {
  if (!is_cluster(sql) || mine.epoch == 0)
    return {};
  try {
    execute(sql, "select cluster_fence(:shard, :epoch)", mine.shard, static_cast<long long>(mine.epoch));
    return {};
  } catch (const soci::postgresql_soci_error& problem) {
    if (problem.sqlstate() != fenced_state)
      throw;
    rejects.add();
    return core::fail(fenced(mine));
  }
}

std::vector<bool> fence_each(soci::session& sql, const std::vector<core::owned_shard>& mine) {
  if (!is_cluster(sql))
    return std::vector<bool>(mine.size(), true);
  const shard_arrays arrays(mine);
  std::set<std::pair<int, int64_t>> holding;
  int shard = 0;
  long long epoch = 0;
  for_each_row(
      sql, "select shard, epoch from cluster_fence_each(cast(:shards as integer[]), cast(:epochs as bigint[]))",
      std::tie(shard, epoch), [&] { holding.emplace(shard, epoch); }, arrays.shards, arrays.epochs);
  std::vector<bool> holds;
  for (const auto& one : mine) {
    holds.push_back(holding.contains({one.shard, one.epoch}));
    rejects.add(holds.back() ? 0 : 1);
  }
  return holds;
}

} // namespace trunkline::persistence
