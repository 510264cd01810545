#include "cli/administration.hpp"
#include "json/writer.hpp"
#include "persistence/database.hpp"
#include "persistence/stores.hpp"
#include "persistence/vault.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <unistd.h>

namespace trunkline::cli {

namespace {

struct key_options {
  bool json = false;
  std::string id, role = "company_viewer", company, label;
};

core::expected<void> list(admin& api, const key_options& options) {
  const auto page = api.list("/api/admin/keys");
  if (!page)
    return core::fail(page.error());
  print_listing(*page, options.json, {"id", "role", "companyId", "label", "createdAt", "lastUsedAt"});
  return {};
}

core::expected<void> add(admin& api, const key_options& options) {
  json::writer out;
  out.begin_object().field("role", options.role).field("label", options.label);
  if (!options.company.empty())
    out.field("companyId", options.company);
  out.end_object();
  const auto made = api.ask("POST", "/api/admin/keys", out.take());
  if (!made)
    return core::fail(made.error());
  print_object(*made, options.json);
  if (!options.json)
    std::fputs("The key is shown this once only.\n", stderr);
  return {};
}

core::expected<void> revoke(admin& api, const key_options& options) {
  const auto done = api.ask("DELETE", "/api/admin/keys/" + escaped(options.id));
  if (!done)
    return core::fail(done.error());
  if (!options.json)
    std::printf("%s opens nothing any more\n", options.id.c_str());
  return {};
}

// -- the master key ---------------------------------------------------------------------------------------------------

void show_progress(const core::key_rotation& state) {
  if (isatty(STDERR_FILENO))
    std::fprintf(stderr, "\r%zu of %zu companies", state.done, state.companies);
}

core::expected<core::key_rotation> rotate_directly(const config::settings& settings) {
  auto db = persistence::database::open({settings.database.reveal(), settings.statement_deadline});
  if (!db)
    return core::fail(std::move(db.error()));
  const auto keys = persistence::vault::open(**db, settings.master_key_file, settings.master_key);
  if (!keys)
    return core::fail(keys.error());
  const auto stores = persistence::make_stores(**db, *keys);
  const core::author by{{"cli", "trunkline keys rotate", core::role::platform_admin, {}}, {}};
  auto done = persistence::rotate_master_key(*stores.rotation, core::system_clock{}.now(), by, show_progress);
  if (isatty(STDERR_FILENO))
    std::fputs("\r\033[K", stderr);
  return done;
}

/// A node that runs has the database and does it itself: its webhooks must not wait.
core::expected<std::string> rotated(const config::settings& settings) {
  const auto node = find_node(settings);
  if (!node)
    return core::fail(node.error());
  if (*node) {
    const auto api = admin::open(settings);
    if (!api)
      return core::fail(api.error());
    auto done = (*api)->ask("POST", "/api/admin/master-key/rotate");
    if (!done && done.error().code == core::ec::overloaded)
      return core::fail(core::ec::overloaded, "It takes longer than a request may. The node goes on; its log says "
                                              "\"master key: version N\" when it is done.");
    return done;
  }
  const auto done = rotate_directly(settings);
  if (!done)
    return core::fail(done.error());
  return fmt::format(R"({{"version":{},"companies":{}}})", done->version, done->companies);
}

core::expected<void> rotate(const config::settings& settings, bool as_json) {
  const auto done = rotated(settings);
  if (!done)
    return core::fail(done.error());
  const auto said = parse(*done);
  if (as_json || !said)
    return std::puts(done->c_str()), core::expected<void>();
  std::printf("Everything is sealed with version %s of the master key (%s companies).\n",
              shown(*said, "version").c_str(), shown(*said, "companies").c_str());
  if (settings.master_key.empty())
    std::printf("Back up %s now, and copy it to other nodes.\n", settings.master_key_file.c_str());
  return {};
}

} // namespace

void add_keys(CLI::App& app, command& chosen) {
  command_group<key_options> keys(app, chosen, "keys", "Bearer keys of the API, and the master key");
  auto& options = *keys.options;
  keys.add("list", "All bearer keys, newest first", list);
  auto* added = keys.add("add", "A new bearer key, shown this once", add);
  added->add_option("--role", options.role, "What it may do")
      ->check(CLI::IsMember({"platform_admin", "company_admin", "company_viewer"}));
  added->add_option("--company", options.company, "co_...; not for platform_admin");
  added->add_option("--label", options.label, "What it is for");
  auto* revoked = keys.add("revoke", "A bearer key opens nothing any more", revoke);
  revoked->add_option("id", options.id, "key_...")->required();
  keys.add("rotate", "Seal all stored credentials with a new master key",
           [shared = keys.options](const config::settings& settings) {
             return exit_status(rotate(settings, shared->json));
           });
}

} // namespace trunkline::cli
