#pragma once

#include "core/query.hpp"
#include "core/tenant_profile.hpp"
#include "persistence/database.hpp"
#include "persistence/statement.hpp"
#include "persistence/vault.hpp"

#include <map>
#include <string>
#include <vector>

namespace trunkline::persistence {

/// A company and its configuration as they lie in the two tables, secrets still sealed.
struct tenant_row {
  core::tenant tenant;
  nullable_text menu_url;
  std::string state, settings, account_sid, data_key;
  std::string auth_token, next_auth_token, api_key, api_secret;
  std::string hook;
  long long created_at = 0, updated_at = 0, tenant_version = 0, config_version = 0, last_updated = 0;

  /// In the order of tenant_columns.
  auto columns() {
    return std::tie(tenant.id.value, tenant.name, tenant.country, tenant.time_zone, menu_url, state, created_at,
                    updated_at, tenant_version, settings, account_sid, data_key, auth_token, next_auth_token, api_key,
                    api_secret, hook, config_version, last_updated);
  }
};

extern const std::string tenant_columns; ///< of `company c join company_config k`

/// Opens the secrets and reads the settings; the numbers are the caller's.
core::expected<core::tenant_profile> to_profile(const tenant_row& row, const vault& keys);

std::string_view to_text(core::tenant_state state);
core::tenant_state tenant_state_from(std::string_view text);
std::string_view to_text(core::signature_mode mode);
core::signature_mode signature_mode_from(std::string_view text);

using numbers_by_company = std::map<std::string, std::vector<core::company_number>>;

/// The numbers of the companies named, each list in its order. Ids are ours, so they need no escaping.
numbers_by_company numbers_of(soci::session& sql, dialect kind, const std::vector<std::string>& companies);

/// One page and a row more, if there is one; `platform_usable` as in tenant_store::list.
std::vector<tenant_row> list_tenants(soci::session& sql, dialect kind, const core::tenant_filter& filter,
                                     bool platform_usable, const core::page_request& page);

} // namespace trunkline::persistence
