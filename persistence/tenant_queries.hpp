#pragma once

#include "core/query.hpp"
#include "core/tenant_profile.hpp"
#include "persistence/database.hpp"
#include "persistence/statement.hpp"
#include "persistence/vault.hpp"

#include <string>
#include <vector>

namespace trunkline::persistence {

/// A company and its configuration as they lie in the two tables, secrets still sealed.
struct tenant_row {
  core::tenant tenant;
  nullable_text menu_url;
  std::string state, settings, account_sid, data_key;
  std::string auth_token, next_auth_token, api_key, api_secret;
  std::string hook, numbers; ///< numbers: JSON
  long long created_at = 0, updated_at = 0, tenant_version = 0, config_version = 0, last_updated = 0;

  /// In the order of tenant_columns.
  auto columns() {
    return std::tie(tenant.id.value, tenant.name, tenant.country, tenant.time_zone, menu_url, state, created_at,
                    updated_at, tenant_version, settings, account_sid, data_key, auth_token, next_auth_token, api_key,
                    api_secret, hook, config_version, last_updated, numbers);
  }
};

/// Of `company c join company_config k`: all that a profile is made of, so that reading one takes one statement.
std::string tenant_columns(dialect kind);

/// Opens the secrets, reads the settings and the numbers.
core::expected<core::tenant_profile> to_profile(const tenant_row& row, const vault& keys);

std::string_view to_text(core::tenant_state state);
core::tenant_state tenant_state_from(std::string_view text);
std::string_view to_text(core::signature_mode mode);
core::signature_mode signature_mode_from(std::string_view text);

/// One page and a row more, if there is one; `platform_usable` as in tenant_store::list.
std::vector<tenant_row> list_tenants(soci::session& sql, dialect kind, const core::tenant_filter& filter,
                                     bool platform_usable, const core::page_request& page);

} // namespace trunkline::persistence
