#pragma once

#include "persistence/cluster_store.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tuple>

namespace trunkline::persistence {

/// A row of cluster_node as statements bind it.
struct member_row {
  int incarnation = 0, protocol_version = 0, weight = 0, companies = 0, degraded = 0;
  long long lease_remaining = 0, unbroken_since = 0;
  std::string name, status, address, caf_node_id, app_version;

  auto columns() {
    return std::tie(incarnation, name, status, address, caf_node_id, app_version, protocol_version, weight,
                    lease_remaining, unbroken_since, companies, degraded);
  }
};

inline constexpr std::string_view member_columns =
    "incarnation, name, status, address, caf_node_id, app_version, protocol_version, weight, "
    "cast(extract(epoch from lease_expires_at - clock_timestamp()) * 1000 as bigint), "
    "cast(extract(epoch from lease_unbroken_since) * 1000 as bigint), companies_active, cast(degraded as integer)";

inline std::string interval(std::chrono::milliseconds length) { return fmt::format("{} milliseconds", length.count()); }
inline std::string boolean(bool value) { return value ? "true" : "false"; }

/// Within a transaction: cluster_store::join().
core::expected<void> join_cluster(soci::session& sql, int me, const join_request& request);

} // namespace trunkline::persistence
