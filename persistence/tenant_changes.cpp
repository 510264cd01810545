#include "persistence/tenant_changes.hpp"

#include "json/changes.hpp"
#include "json/tenant_config.hpp"
#include "persistence/audit_row.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trunkline::persistence {

namespace {

auto no_such_company() { return core::fail(core::ec::company_not_found, "No such company."); }

std::string for_update(dialect kind) { return kind == dialect::postgresql ? " for update" : ""; }

/// As the API shows it, whose secrets are only flags; the caller adds which of them changed.
std::string shown(const core::tenant_config& config) {
  json::writer out;
  json::write_config(out, config, {});
  return out.take();
}

std::vector<std::string> numbers_in_the_way(soci::session& sql, const core::tenant_id& id) {
  std::vector<std::string> numbers;
  std::string number;
  for_each_row(
      sql, "select phone_number from phone_claim where company_id = :id order by phone_number", std::tie(number),
      [&] { numbers.push_back(number); }, id.value);
  return numbers;
}

/// Rows of one company in one of the tables that grow without bound.
long long delete_some(soci::session& sql, dialect kind, std::string_view table, std::string_view sqlite_key,
                      const std::string& company, size_t rows) {
  const auto key = kind == dialect::sqlite ? sqlite_key : std::string_view("ctid");
  return execute(sql,
                 fmt::format("delete from {0} where company_id = :company and {1} in "
                             "(select {1} from {0} where company_id = :same limit :rows)",
                             table, key),
                 company, company, static_cast<long long>(rows));
}

} // namespace

std::string audited(const core::tenant& company) {
  json::writer out;
  out.begin_object()
      .field("companyName", company.name)
      .field("country", company.country)
      .field("timeZone", company.time_zone)
      .field("menuUrl", company.menu_url)
      .end_object();
  return out.take();
}

std::pair<std::string, std::string> audited_change(const core::tenant_config& before,
                                                   const core::tenant_config& after) {
  auto [was, is] = json::changed_members(shown(before), shown(after));
  const auto &old = before.credentials, &now = after.credentials;
  const std::tuple<std::string_view, const core::secret&, const core::secret&> secrets[] = {
      {"authToken", old.auth_token, now.auth_token},
      {"nextAuthToken", old.next_auth_token, now.next_auth_token},
      {"apiKey", old.api_key, now.api_key},
      {"apiSecret", old.api_secret, now.api_secret}};
  for (const auto& [name, then, later] : secrets) {
    if (then.equals(later.reveal()))
      continue;
    was = json::with_member(std::move(was), name, "(changed)");
    is = json::with_member(std::move(is), name, "(changed)");
  }
  return {std::move(was), std::move(is)};
}

core::expected<void> change_company(soci::session& sql, dialect kind, const core::tenant_id& id,
                                    std::optional<int64_t> if_version, const core::tenant_change& change,
                                    core::timestamp now, const core::author& by) {
  core::tenant company;
  nullable_text menu_url;
  if (!fetch_row(sql,
                 "select name, country, time_zone, menu_url, version from company where id = :id" + for_update(kind),
                 std::tie(company.name, company.country, company.time_zone, menu_url, company.version), id.value))
    return no_such_company();
  if (if_version && *if_version != company.version)
    return core::fail(core::ec::etag_mismatch, "The company has been changed meanwhile. Read it again.");
  company.menu_url = menu_url.get();
  auto next = company;
  next.name = change.name.value_or(company.name);
  next.country = change.country.value_or(company.country);
  next.time_zone = change.time_zone.value_or(company.time_zone);
  next.menu_url = change.menu_url.value_or(company.menu_url);
  execute(sql,
          "update company set name = :name, country = :country, time_zone = :zone, menu_url = :menu, "
          "updated_at = :now, version = version + 1 where id = :id",
          next.name, next.country, next.time_zone, nullable_text(next.menu_url), now.ms, id.value);
  auto [before, after] = json::changed_members(audited(company), audited(next));
  write_audit(sql, {{}, now, by, "company.update", id, id.value, std::move(before), std::move(after)});
  return {};
}

core::expected<void> remove_company(soci::session& sql, dialect kind, const core::tenant_id& id, core::timestamp now,
                                    const core::author& by) {
  core::tenant company;
  nullable_text menu_url;
  if (!fetch_row(sql, "select name, country, time_zone, menu_url from company where id = :id" + for_update(kind),
                 std::tie(company.name, company.country, company.time_zone, menu_url), id.value))
    return no_such_company();
  company.menu_url = menu_url.get();
  if (auto numbers = numbers_in_the_way(sql, id); !numbers.empty()) {
    core::error error{core::ec::company_has_numbers, "Release or remove its numbers first.", {}, {}};
    error.lists = {{"numbers", std::move(numbers)}, {"campaigns", {}}};
    return core::fail(std::move(error));
  }
  execute(sql, "delete from api_key where company_id = :id", id.value);
  execute(sql, "delete from console_session where user_name in (select name from console_user where company_id = :id)",
          id.value);
  execute(sql, "delete from console_user where company_id = :id", id.value);
  execute(sql, "delete from account_check where company_id = :id", id.value);
  execute(sql, "delete from company_config where company_id = :id", id.value);
  execute(sql, "delete from company where id = :id", id.value);
  execute(sql, "insert into company_purge (company_id) values (:id) on conflict (company_id) do nothing", id.value);
  write_audit(sql, {{}, now, by, "company.delete", id, id.value, audited(company), "{}"});
  return {};
}

core::expected<bool> purge_companies(soci::session& sql, dialect kind, size_t rows) {
  std::string company;
  if (!fetch_row(sql, "select company_id from company_purge order by company_id limit 1", std::tie(company)))
    return false;
  const std::pair<std::string_view, std::string_view> tables[] = {
      {"webhook_event", "rowid"},     {"call", "id"},    {"message", "id"},
      {"opt_out", "phone_number"},    {"channel", "id"}, {"company_event", "seq"},
      {"company_watch", "company_id"}};
  for (const auto& [table, key] : tables)
    if (delete_some(sql, kind, table, key, company, rows) > 0)
      return true;
  execute(sql, "delete from company_purge where company_id = :id", company);
  return true;
}

} // namespace trunkline::persistence
