#pragma once

#include "core/cluster_status.hpp"
#include "json/writer.hpp"

namespace trunkline::http::shapes {

void write_cluster(json::writer& out, const core::cluster_status& status);
/// One row of GET /api/admin/shards.
void write_shard(json::writer& out, const core::cluster_status& status, const core::shard_row& row);

} // namespace trunkline::http::shapes
