#pragma once

#include "actors/actor_tree.hpp"

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// GET /api/admin/actors of a single node (API.md section 11).
void write_actors(json::writer& out, const actors::actor_tree& tree);

} // namespace trunkline::http::shapes
