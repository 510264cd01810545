#include "persistence/tenant_queries.hpp"

#include "json/tenant_config.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trunkline::persistence {

const std::string tenant_columns =
    "c.id, c.name, c.country, c.time_zone, c.menu_url, c.state, c.created_at, c.updated_at, c.version, k.settings, "
    "k.account_sid, k.data_key, k.auth_token, k.next_auth_token, k.api_key, k.api_secret, k.hook_token, k.version, "
    "k.last_updated";

std::string_view to_text(core::tenant_state state) {
  return state == core::tenant_state::quarantined ? "quarantined" : "active";
}

core::tenant_state tenant_state_from(std::string_view text) {
  return text == "quarantined" ? core::tenant_state::quarantined : core::tenant_state::active;
}

std::string_view to_text(core::signature_mode mode) {
  return mode == core::signature_mode::shadow ? "shadow" : "enforce";
}

core::signature_mode signature_mode_from(std::string_view text) {
  return text == "shadow" ? core::signature_mode::shadow : core::signature_mode::enforce;
}

core::expected<core::tenant_profile> to_profile(const tenant_row& row, const vault& keys) {
  auto config = json::read_settings(row.settings);
  if (!config)
    return core::fail(core::ec::internal_error, "The stored configuration cannot be read.",
                      fmt::format("company {}: {}", row.tenant.id, config.error().context));
  core::tenant_profile profile;
  profile.tenant = row.tenant;
  profile.tenant.menu_url = row.menu_url.get();
  profile.tenant.state = tenant_state_from(row.state);
  profile.tenant.created_at.ms = row.created_at;
  profile.tenant.updated_at.ms = row.updated_at;
  profile.tenant.version = row.tenant_version;
  profile.config = std::move(*config);
  auto& credentials = profile.config.credentials;
  credentials.account_sid = row.account_sid;
  const std::tuple<core::secret&, std::string_view, const std::string&> secrets[] = {
      {credentials.auth_token, "auth_token", row.auth_token},
      {credentials.next_auth_token, "next_auth_token", row.next_auth_token},
      {credentials.api_key, "api_key", row.api_key},
      {credentials.api_secret, "api_secret", row.api_secret}};
  for (const auto& [target, column, sealed] : secrets) {
    auto plain = keys.unseal(row.data_key, row.tenant.id, column, sealed);
    if (!plain)
      return core::fail(std::move(plain.error()));
    target = std::move(*plain);
  }
  profile.config.hook = core::hook_token(row.hook);
  profile.config.version = row.config_version;
  profile.config.last_updated.ms = row.last_updated;
  return profile;
}

numbers_by_company numbers_of(soci::session& sql, dialect kind, const std::vector<std::string>& companies) {
  numbers_by_company numbers;
  if (companies.empty())
    return numbers;
  const bool sqlite = kind == dialect::sqlite;
  const auto ids = sqlite ? fmt::format("[\"{}\"]", fmt::join(companies, "\",\""))
                          : fmt::format("{{{}}}", fmt::join(companies, ","));
  const std::string query = fmt::format(
      "select company_id, phone_number, friendly_name, active, is_primary, hook_token, in_account, sid, "
      "capabilities, source, assigned_at from company_number where company_id {} order by company_id, position",
      sqlite ? "in (select value from json_each(:ids))" : "= any(cast(:ids as text[]))");
  std::string company, number, name, hook, sid, capabilities, source;
  int active = 0, primary = 0;
  long long assigned_at = 0;
  nullable_int in_account;
  for_each_row(
      sql, query,
      std::tie(company, number, name, active, primary, hook, in_account, sid, capabilities, source, assigned_at),
      [&] {
        const auto known = in_account.get();
        numbers[company].push_back({core::phone_number(number),
                                    name,
                                    active != 0,
                                    primary != 0,
                                    core::hook_token(hook),
                                    {known ? std::optional(*known != 0) : std::nullopt, sid, capabilities, source,
                                     core::timestamp{assigned_at}}});
      },
      ids);
  return numbers;
}

std::vector<tenant_row> list_tenants(soci::session& sql, dialect kind, const core::tenant_filter& filter,
                                     bool platform_usable, const core::page_request& page) {
  // An empty parameter means "any"; every name stands once, so some values are given twice.
  const std::string query =
      fmt::format("select {} from company c join company_config k on k.company_id = c.id "
                  "where (c.created_at, c.id) < (:at, :id) and (:only = '' or c.id = :one) "
                  "and (:name = '' or {}(lower(c.name), lower(cast(:part as text))) > 0) "
                  "and (:number = '' or exists (select 1 from phone_claim p where p.company_id = c.id and "
                  "p.phone_number = :claimed)) "
                  "and (:state = '' or c.state = :stored) "
                  "and (:source = '' or case when k.account_sid <> '' then 'company' else :otherwise end = :wanted) "
                  "order by c.created_at desc, c.id desc limit :limit",
                  tenant_columns, kind == dialect::sqlite ? "instr" : "strpos");
  const page_start start(page);
  const std::string state(filter.state ? to_text(*filter.state) : "");
  const std::string otherwise = platform_usable ? "platform" : "none";
  std::string source;
  if (filter.source)
    source = *filter.source == core::credential_source::company    ? "company"
             : *filter.source == core::credential_source::platform ? "platform"
                                                                   : "none";
  std::vector<tenant_row> rows;
  tenant_row row;
  for_each_row(
      sql, query, row.columns(), [&] { rows.push_back(row); }, start.at, start.id, filter.id.value, filter.id.value,
      filter.name_part, filter.name_part, filter.phone_number, filter.phone_number, state, state, source, otherwise,
      source, static_cast<long long>(page.limit + 1));
  return rows;
}

} // namespace trunkline::persistence
