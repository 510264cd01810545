#include "cli/program.hpp"

#include "cli/administration.hpp"
#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "config/load.hpp"

#include <CLI/CLI.hpp>
#include <sodium.h>

#include <cstdio>
#include <exception>
#include <filesystem>

namespace trunkline::cli {

namespace {

constexpr int wrong_command_line = 2;

core::expected<config::settings> load_settings(const config::sources& from) {
  auto loaded = config::load(from);
  if (!loaded)
    return core::fail(std::move(loaded).error());
  log::set_up(loaded->values.log_level, loaded->values.log_format);
  for (const auto& warning : loaded->warnings)
    log::warn(log::no_request, "{}", warning);
  return std::move(loaded->values);
}

struct options {
  std::string file; ///< TOML
  config::sources from;
  check_options checks;
  seed_options seeds;
};

void add_check(CLI::App& app, options& given, command& chosen) {
  auto* made = app.add_subcommand("check", "Check configuration, database and keys without starting");
  made->add_flag("--json", given.checks.json, "One JSON object instead of lines");
  made->add_flag("--twilio", given.checks.twilio, "Try the Twilio credentials of every company, too");
  made->callback([&] { chosen = [&](const auto& s) { return check(s, given.checks); }; });
}

void add_seed(CLI::App& app, options& given, command& chosen) {
  auto* dev = app.add_subcommand("dev", "For development")->require_subcommand(1);
  auto* made = dev->add_subcommand("seed", "Fill an empty database with made-up companies");
  made->add_option("--companies", given.seeds.companies, "How many")->check(CLI::Range(0, 1'000'000));
  made->add_option("--targets", given.seeds.targets, "Write number,account_sid,auth_token,path of each to this CSV");
  made->callback([&] { chosen = [&](const auto& s) { return seed(s, given.seeds); }; });
}

void add_commands(CLI::App& app, options& given, command& chosen) {
  app.set_version_flag("--version", TRUNKLINE_VERSION);
  app.require_subcommand(1);
  app.fallthrough(); // `serve -c FILE`, too
  app.add_option("-c,--config", given.file, "TOML file; docs/configuration.md lists every key");
  app.add_option_function<std::string>(
         "--completion",
         [&app](const std::string&) {
           std::fputs(bash_completion(app).c_str(), stdout);
           throw CLI::Success();
         },
         "Print a script that completes commands in this shell")
      ->check(CLI::IsMember({"bash"}));
  app.add_subcommand("serve", "Run a node")->callback([&] {
    chosen = [&](const auto& s) { return serve(s, [&] { return load_settings(given.from); }); };
  });
  app.add_subcommand("migrate", "Bring the database schema up to date")->callback([&] { chosen = migrate; });
  add_check(app, given, chosen);
  add_companies(app, chosen);
  add_keys(app, chosen);
  add_users(app, chosen);
  add_cluster(app, chosen);
  add_backup(app, chosen);
  add_seed(app, given, chosen);
}

} // namespace

int run(int argc, char** argv) try {
  if (sodium_init() < 0) {
    std::fputs("trunkline: the random number generator of this system does not work\n", stderr);
    return 1;
  }
  CLI::App app("Trunkline: a multi-tenant Twilio gateway");
  options given;
  command chosen;
  add_commands(app, given, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : wrong_command_line;
  }
  if (!given.file.empty())
    given.from.file = given.file;
  given.from.environment = config::process_environment();
  config::wipe_secrets_from_environment();
  const auto settings = load_settings(given.from);
  if (!settings) {
    std::fprintf(stderr, "trunkline: %s\n", settings.error().detail.c_str());
    return 1;
  }
  std::error_code failed; // what comes next says it better, with the file it could not make
  std::filesystem::create_directories(settings->data_dir, failed);
  return chosen(*settings);
} catch (const std::exception& problem) {
  std::fprintf(stderr, "trunkline: unexpected: %s\n", problem.what());
  return 1;
}

} // namespace trunkline::cli
