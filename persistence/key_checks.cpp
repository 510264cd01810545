#include "persistence/key_checks.hpp"

#include "persistence/statement.hpp"
#include "persistence/vault.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trunkline::persistence {

namespace {

constexpr std::string_view check_prefix = "key_check.", platform_prefix = "platform_key.";

std::string name_of(std::string_view prefix, int version) { return fmt::format("{}{}", prefix, version); }

/// `key_check` is as old as the first version of this program.
std::string check_name(int version) {
  return version == 1 ? std::string(check_prefix.substr(0, check_prefix.size() - 1)) : name_of(check_prefix, version);
}

std::string kept(dialect kind, keep rows) {
  if (kind == dialect::sqlite || rows == keep::nothing)
    return {};
  return rows == keep::shared ? " for share" : " for update";
}

/// The rows whose names are the prefix and a version.
std::map<int, std::string> read_versions(soci::session& sql, dialect kind, std::string_view prefix, keep rows) {
  std::map<int, std::string> found;
  std::string name, value;
  for_each_row(
      sql, "select name, value from meta where name like :pattern order by name" + kept(kind, rows),
      std::tie(name, value),
      [&] {
        int version = 1;
        if (name.size() > prefix.size())
          std::from_chars(name.data() + prefix.size(), name.data() + name.size(), version);
        found.emplace(version, value);
      },
      std::string(prefix.substr(0, prefix.size() - 1)) + "%");
  return found;
}

std::string read_value(soci::session& sql, const std::string& name) {
  std::string value;
  fetch_row(sql, "select value from meta where name = :name", std::tie(value), name);
  return value;
}

std::string store_first(soci::session& sql, const std::string& name, const std::string& value) {
  execute(sql, "insert into meta (name, value) values (:name, :value) on conflict do nothing", name, value);
  return read_value(sql, name);
}

} // namespace

std::map<int, std::string> read_key_checks(soci::session& sql, dialect kind, keep rows) {
  return read_versions(sql, kind, check_prefix, rows);
}

std::string store_key_check(soci::session& sql, int version, const std::string& value) {
  return store_first(sql, check_name(version), value);
}

core::expected<std::string> make_data_key(soci::session& sql, dialect kind, const vault& keys,
                                          const core::tenant_id& tenant) {
  const auto checks = read_key_checks(sql, kind, keep::shared);
  if (checks.empty())
    return core::fail(core::ec::internal_error, "A secret cannot be sealed.", "the database has no key-check value");
  const auto& [version, check] = *checks.rbegin();
  const auto fits = keys.matches(version, check);
  if (!fits)
    return core::fail(fits.error());
  if (!*fits)
    return core::fail(core::ec::internal_error, "A secret cannot be sealed.",
                      fmt::format("version {} of the master key is another one than the database's", version));
  return keys.new_data_key(tenant, version);
}

core::expected<std::string> platform_key(soci::session& sql, dialect kind, const vault& keys) {
  const auto known = read_versions(sql, kind, platform_prefix, keep::shared);
  if (!known.empty())
    return known.rbegin()->second;
  auto made = make_data_key(sql, kind, keys, core::tenant_id());
  if (!made)
    return made;
  return store_first(sql, name_of(platform_prefix, version_of(*made)), *made);
}

std::string platform_key_of(soci::session& sql, int version) {
  return read_value(sql, name_of(platform_prefix, version));
}

core::expected<std::string> make_platform_key(soci::session& sql, const vault& keys, int version) {
  auto made = keys.new_data_key(core::tenant_id(), version);
  if (!made)
    return made;
  return store_first(sql, name_of(platform_prefix, version), *made);
}

std::string answer_column(const std::string& scope, const std::string& key) {
  return fmt::format("idempotent_answer {} {}", scope, key);
}

void lock_key_versions(soci::session& sql, dialect kind) {
  read_key_checks(sql, kind, keep::exclusive);
  read_versions(sql, kind, platform_prefix, keep::exclusive);
}

void forget_key_versions(soci::session& sql, dialect kind, int older_than) {
  for (const auto& [version, value] : read_key_checks(sql, kind))
    if (version < older_than)
      execute(sql, "delete from meta where name = :name", check_name(version));
  for (const auto& [version, value] : read_versions(sql, kind, platform_prefix, keep::nothing))
    if (version < older_than)
      execute(sql, "delete from meta where name = :name", name_of(platform_prefix, version));
}

} // namespace trunkline::persistence
