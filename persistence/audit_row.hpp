#pragma once

#include "core/audit.hpp"

namespace soci {
class session;
}

namespace trunkline::persistence {

/// In the transaction of the change itself; the id is made here.
void write_audit(soci::session& sql, const core::audit_entry& entry);

} // namespace trunkline::persistence
