#pragma once

#include "core/principal.hpp"
#include "core/tenant_change.hpp"
#include "core/tenant_profile.hpp"
#include "persistence/database.hpp"

#include <optional>
#include <string>
#include <utility>

namespace soci {
class session;
}

namespace trunkline::persistence {

/// What the audit log shows of a company.
std::string audited(const core::tenant& company);

/// What differs between two configurations, as JSON objects; of secrets only that they do.
std::pair<std::string, std::string> audited_change(const core::tenant_config& before, const core::tenant_config& after);

// Parts of a tenant_store's transactions.

core::expected<void> change_company(soci::session& sql, dialect kind, const core::tenant_id& id,
                                    std::optional<int64_t> if_version, const core::tenant_change& change,
                                    core::timestamp now, const core::author& by);
core::expected<void> remove_company(soci::session& sql, dialect kind, const core::tenant_id& id, core::timestamp now,
                                    const core::author& by);
/// At most `rows` of what removed companies left; true if there is more.
core::expected<bool> purge_companies(soci::session& sql, dialect kind, size_t rows);

} // namespace trunkline::persistence
