#pragma once

#include "actors/cluster_messages.hpp"

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// GET /api/admin/actors of a single node (API.md section 11).
void write_actors(json::writer& out, const std::vector<actors::node_actors>& nodes);

} // namespace trunkline::http::shapes
