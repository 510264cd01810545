#include "cli/admin.hpp"
#include "cli/commands.hpp"
#include "cluster/jwt_key.hpp"
#include "json/writer.hpp"
#include "persistence/database.hpp"
#include "persistence/vault.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace trunkline::cli {

namespace {

struct finding {
  std::string what;
  bool ok = false;
  std::string detail;
};

using findings = std::vector<finding>;

/// False if there is no use in looking further.
bool look_at_database(const config::settings& settings, findings& found) {
  auto db = persistence::database::open({settings.database.reveal(), settings.statement_deadline});
  if (!db)
    return found.push_back({"database", false, db.error().detail}), false;
  const bool sqlite = (*db)->kind() == persistence::dialect::sqlite;
  found.push_back({"database", true, sqlite ? "SQLite, synchronous=FULL" : "PostgreSQL, synchronous_commit=on"});
  const auto schema = (*db)->schema();
  if (!schema)
    return found.push_back({"schema", false, schema.error().detail}), false;
  const bool current = schema->current == schema->wanted;
  found.push_back(
      {"schema", current,
       fmt::format("version {} of {}{}", schema->current, schema->wanted, current ? "" : "; run trunkline migrate")});
  if (!current)
    return false;
  const auto keys = persistence::vault::open(**db, settings.master_key_file, settings.master_key);
  found.push_back({"master key", bool(keys), keys ? "opens this database" : keys.error().detail});
  return bool(keys);
}

/// What Twilio says of each company's account.
void look_at_twilio(const config::settings& settings, findings& found) {
  const auto api = admin::open(settings);
  const auto companies = api ? (*api)->list("/api/companies") : core::fail(api.error());
  if (!companies) {
    found.push_back({"twilio", false, companies.error().detail});
    return;
  }
  size_t tried = 0;
  for (const auto& company : (*companies)["data"].GetArray()) {
    if (shown(company, "credentialSource") == "none")
      continue;
    ++tried;
    const auto id = shown(company, "id");
    const auto answer = (*api)->ask("POST", "/api/companies/" + id + "/twilio/test");
    const auto said = answer ? parse(*answer) : core::fail(answer.error());
    if (!said)
      found.push_back({"twilio " + id, false, said.error().detail});
    else if (shown(*said, "ok") == "true")
      found.push_back({"twilio " + id, true,
                       fmt::format("{}, {}, {} ms", shown(*said, "accountStatus"), shown(*said, "accountType"),
                                   shown(*said, "latencyMs"))});
    else
      found.push_back({"twilio " + id, false, shown(*said, "error")});
  }
  if (tried == 0)
    found.push_back({"twilio", true, "no company has credentials to try"});
}

/// SQLite belongs to the node that runs, which therefore is asked.
bool look_at_node(const config::settings& settings, findings& found) {
  const auto node = find_node(settings);
  if (!node)
    return found.push_back({"node", false, node.error().detail}), false;
  if (!*node)
    return look_at_database(settings, found);
  const auto& why_not = (*node)->not_ready_because;
  found.push_back({"node", why_not.empty(),
                   why_not.empty()
                       ? fmt::format("runs at {} and is ready", (*node)->url)
                       : fmt::format("runs at {} and is not ready: {}", (*node)->url, fmt::join(why_not, ", "))});
  if (!settings.database.reveal().starts_with("sqlite:"))
    return look_at_database(settings, found);
  found.push_back({"database", true, "SQLite, which that node works on: schema and keys are as it needs them"});
  return true;
}

findings look(const config::settings& settings, bool twilio) {
  findings found;
  found.push_back({"configuration", true, "every key is known and has a value that fits"});
  found.push_back(
      {"platform account", true, settings.platform ? "configured" : "none: companies need credentials of their own"});
  if (const auto key = cluster::read_jwt_key(settings); !settings.jwt_algorithm.empty())
    found.push_back({"tokens", key.has_value(), key ? settings.jwt_algorithm : key.error().detail});
  if (look_at_node(settings, found) && twilio)
    look_at_twilio(settings, found);
  return found;
}

} // namespace

int check(const config::settings& settings, const check_options& options) {
  const auto found = look(settings, options.twilio);
  const bool ok = std::all_of(found.begin(), found.end(), [](const finding& each) { return each.ok; });
  if (options.json) {
    json::writer out;
    out.begin_object().field("ok", ok).key("checks").begin_array();
    for (const auto& each : found)
      out.begin_object().field("name", each.what).field("ok", each.ok).field("detail", each.detail).end_object();
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
