#include "persistence/migrations.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

namespace {

/// Any number, but the same for every node: the name of the lock under which migrations run.
constexpr long long migration_lock = 7'235'018'446'001;
constexpr std::string_view version_row = "trunkline_schema";

std::span<const migration> migrations_of(dialect kind) {
  return kind == dialect::sqlite ? sqlite_migrations() : postgresql_migrations();
}

std::string table_count_query(dialect kind, std::string_view condition) {
  return kind == dialect::sqlite
             ? fmt::format("select count(*) from sqlite_master where type = 'table' and name not like 'sqlite_%' {}",
                           condition)
             : fmt::format("select count(*) from (select table_name as name from information_schema.tables "
                           "where table_schema = current_schema()) as t where true {}",
                           condition);
}

/// The number of the last migration; a database with other people's tables is an error.
core::expected<int> read_version(soci::session& sql, dialect kind) {
  int tables = 0, meta = 0;
  fetch_row(sql, table_count_query(kind, ""), std::tie(tables));
  if (tables == 0)
    return 0;
  fetch_row(sql, table_count_query(kind, "and name = 'meta'"), std::tie(meta));
  std::string version;
  if (meta == 1)
    fetch_row(sql, "select value from meta where name = :name", std::tie(version), std::string(version_row));
  if (version.empty() || version.find_first_not_of("0123456789") != std::string::npos || version.size() > 6)
    return core::fail(
        core::ec::database_unavailable,
        fmt::format("This database holds {} tables that are not Trunkline's. Give Trunkline a database of its "
                    "own.",
                    tables));
  return std::stoi(version);
}

core::expected<void> refuse_newer(int current, int wanted) {
  if (current <= wanted)
    return {};
  return core::fail(
      core::ec::database_unavailable,
      fmt::format("The schema of the database is at version {}, this program knows version {}. Run the newer "
                  "Trunkline that this database belongs to.",
                  current, wanted));
}

core::expected<void> apply_missing(soci::session& sql, dialect kind) {
  if (kind == dialect::postgresql) {
    std::string locked;
    fetch_row(sql, "select cast(pg_advisory_xact_lock(:lock) as text)", std::tie(locked), migration_lock);
  }
  const auto current = read_version(sql, kind);
  if (!current)
    return core::fail(current.error());
  const auto all = migrations_of(kind);
  if (auto known = refuse_newer(*current, all.back().number); !known)
    return known;
  if (*current == 0)
    run_script(sql, kind, "create table meta (name text primary key, value text not null)");
  for (const auto& step : all.subspan(static_cast<size_t>(*current))) {
    run_script(sql, kind, std::string(step.sql));
    execute(
        sql,
        "insert into meta (name, value) values (:name, :value) on conflict (name) do update set value = excluded.value",
        std::string(version_row), std::to_string(step.number));
  }
  return {};
}

} // namespace

core::expected<schema_status> database::schema() {
  session connection(*impl_);
  return connection.run("reading the schema version", access::snapshot,
                        [&](soci::session& sql) -> core::expected<schema_status> {
                          const auto current = read_version(sql, kind());
                          if (!current)
                            return core::fail(current.error());
                          return schema_status{*current, migrations_of(kind()).back().number};
                        });
}

core::expected<schema_status> database::migrate() {
  session connection(*impl_);
  auto applied =
      connection.run("migrating", access::write, [&](soci::session& sql) { return apply_missing(sql, kind()); });
  if (!applied)
    return core::fail(std::move(applied.error()));
  return schema();
}

} // namespace trunkline::persistence
