#include "cli/commands.hpp"
#include "json/writer.hpp"
#include "persistence/database.hpp"
#include "persistence/vault.hpp"

#include <cstdio>
#include <vector>

namespace trunkline::cli {

namespace {

struct finding {
  std::string what;
  bool ok = false;
  std::string detail;
};

std::vector<finding> look(const config::settings& settings) {
  std::vector<finding> found;
  found.push_back({"configuration", true, "every key is known and has a value that fits"});
  found.push_back(
      {"platform account", true, settings.platform ? "configured" : "none: companies need credentials of their own"});
  auto db = persistence::database::open({settings.database.reveal(), settings.statement_deadline});
  if (!db) {
    found.push_back({"database", false, db.error().detail});
    return found;
  }
  const bool sqlite = (*db)->kind() == persistence::dialect::sqlite;
  found.push_back({"database", true, sqlite ? "SQLite, synchronous=FULL" : "PostgreSQL, synchronous_commit=on"});
  const auto schema = (*db)->schema();
  if (!schema) {
    found.push_back({"schema", false, schema.error().detail});
    return found;
  }
  const bool current = schema->current == schema->wanted;
  found.push_back(
      {"schema", current,
       fmt::format("version {} of {}{}", schema->current, schema->wanted, current ? "" : "; run trunkline migrate")});
  if (current) {
    const auto keys = persistence::vault::open(**db, settings.master_key_file, settings.master_key);
    found.push_back({"master key", bool(keys), keys ? "opens this database" : keys.error().detail});
  }
  return found;
}

} // namespace

int check(const config::settings& settings, bool as_json) {
  const auto found = look(settings);
  bool ok = true;
  for (const auto& each : found)
    ok = ok && each.ok;
  if (as_json) {
    json::writer out;
    out.begin_object();
    out.field("ok", ok);
    out.key("checks").begin_array();
    for (const auto& each : found) {
      out.begin_object();
      out.field("name", each.what);
      out.field("ok", each.ok);
      out.field("detail", each.detail);
      out.end_object();
    }
    out.end_array().end_object();
    std::puts(out.take().c_str());
  } else {
    for (const auto& each : found)
      std::printf("%-6s %-16s %s\n", each.ok ? "ok" : "FAILED", each.what.c_str(), each.detail.c_str());
  }
  return ok ? 0 : 1;
}

int migrate(const config::settings& settings) {
  auto db = persistence::database::open({settings.database.reveal(), settings.statement_deadline});
  const auto done = db ? (*db)->migrate() : core::fail(db.error());
  if (!done) {
    std::fprintf(stderr, "trunkline: %s\n", done.error().detail.c_str());
    return 1;
  }
  std::printf("schema is at version %d\n", done->current);
  return 0;
}

} // namespace trunkline::cli
