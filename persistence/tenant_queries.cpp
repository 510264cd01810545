#include "persistence/tenant_queries.hpp"

#include "json/reader.hpp"
#include "json/tenant_config.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

#include <limits>

namespace trunkline::persistence {

namespace {

constexpr size_t most_numbers_text = 16 * 1024 * 1024, most_numbers = 100'000, longest = 4'096;

/// The numbers of a company in their order, each an array of these columns.
std::string numbers_column(dialect kind) {
  constexpr std::string_view columns = "n.phone_number, n.friendly_name, n.active, n.is_primary, n.hook_token, "
                                       "n.in_account, n.sid, n.capabilities, n.source, n.assigned_at";
  return kind == dialect::sqlite
             ? fmt::format("(select json_object('numbers', json_group_array(json(one))) from (select json_array({}) as "
                           "one from company_number n where n.company_id = c.id order by n.position))",
                           columns)
             : fmt::format("(select cast(json_build_object('numbers', coalesce(json_agg(json_build_array({}) order by "
                           "n.position), '[]')) as text) from company_number n where n.company_id = c.id)",
                           columns);
}

core::company_number number_from(const std::vector<json::field>& row) {
  const auto text = [&](size_t i) { return row[i].text(0, longest).value_or(""); };
  const auto count = [&](size_t i) {
    return row[i].integer(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()).value_or(0);
  };
  const auto in_account = row[5].is_null() ? std::nullopt : std::optional(count(5) != 0);
  return {core::phone_number(text(0)),
          text(1),
          count(2) != 0,
          count(3) != 0,
          core::hook_token(text(4)),
          {in_account, text(6), text(7), text(8), core::timestamp{count(9)}}};
}

core::expected<std::vector<core::company_number>> read_numbers(const std::string& text) {
  auto body = json::body::parse(text, most_numbers_text);
  if (!body)
    return core::fail(std::move(body).error());
  std::vector<core::company_number> numbers;
  auto fields = body->fields();
  const auto list = fields.require("numbers");
  for (const auto& one : (list ? list->array(0, most_numbers) : std::nullopt).value_or(std::vector<json::field>()))
    if (const auto row = one.array(10, 10))
      numbers.push_back(number_from(*row));
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return numbers;
}

} // namespace

std::string tenant_columns(dialect kind) {
  return "c.id, c.name, c.country, c.time_zone, c.menu_url, c.state, c.created_at, c.updated_at, c.version, "
         "k.settings, "
         "k.account_sid, k.data_key, k.auth_token, k.next_auth_token, k.api_key, k.api_secret, k.hook_token, "
         "k.version, k.last_updated, " +
         numbers_column(kind);
}

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
  auto numbers = read_numbers(row.numbers);
  if (!config || !numbers)
    return core::fail(
        core::ec::internal_error, "The stored configuration cannot be read.",
        fmt::format("company {}: {}", row.tenant.id, config ? numbers.error().detail : config.error().context));
  core::tenant_profile profile;
  profile.tenant = row.tenant;
  profile.tenant.menu_url = row.menu_url.get();
  profile.tenant.state = tenant_state_from(row.state);
  profile.tenant.created_at.ms = row.created_at;
  profile.tenant.updated_at.ms = row.updated_at;
  profile.tenant.version = row.tenant_version;
  profile.config = std::move(*config);
  profile.config.numbers = std::move(*numbers);
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
                  tenant_columns(kind), kind == dialect::sqlite ? "instr" : "strpos");
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
