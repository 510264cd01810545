#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/admin/cluster -- nodes, leases, how many shards who has, links; of one node without a cluster in the same
/// shape.
std::function<void(const exchange_ptr&)> get_cluster(context& ctx);
/// GET /api/admin/shards -- a page of {"shard","owner","epoch","state","wanted"}, by number.
std::function<void(const exchange_ptr&)> list_shards(context& ctx);
/// POST /api/admin/cluster/drain {"node":"n1"} -- that node hands over its companies and ends; 202.
std::function<void(const exchange_ptr&)> drain_node(context& ctx);

} // namespace trunkline::http::handlers
