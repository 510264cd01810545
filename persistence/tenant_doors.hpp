#pragma once

#include "persistence/session.hpp"
#include "persistence/stores.hpp"

#include <functional>

namespace trunkline::persistence {

/// Two queries on one snapshot, joined here; secrets are opened and doors handed out when the database is done, so that
/// a slow visitor holds nothing up. A company whose token cannot be opened comes quarantined and without it.
core::expected<void> visit_doors(session& connection, const vault& keys, const std::function<void(tenant_door)>& visit);

} // namespace trunkline::persistence
