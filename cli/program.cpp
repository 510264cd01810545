#include "cli/program.hpp"

#include "cli/commands.hpp"
#include "config/load.hpp"

#include <CLI/CLI.hpp>
#include <sodium.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>

namespace trunkline::cli {

namespace {

core::expected<config::settings> load_settings(const config::sources& from) {
  auto loaded = config::load(from);
  if (!loaded)
    return core::fail(std::move(loaded).error());
  log::set_up(loaded->values.log_level, loaded->values.log_format);
  for (const auto& warning : loaded->warnings)
    log::warn(log::no_request, "{}", warning);
  return std::move(loaded->values);
}

} // namespace

int run(int argc, char** argv) try {
  if (sodium_init() < 0) {
    std::fputs("trunkline: the random number generator of this system does not work\n", stderr);
    return 1;
  }
  CLI::App app("Trunkline: a multi-tenant Twilio gateway");
  app.set_version_flag("--version", TRUNKLINE_VERSION);
  app.require_subcommand(1);
  app.fallthrough(); // `serve -c FILE`, too
  std::string file;
  app.add_option("-c,--config", file, "TOML file; docs/configuration.md lists every key");

  std::function<int(const config::settings&)> chosen;
  config::sources from;
  app.add_subcommand("serve", "Run a node")->callback([&] {
    chosen = [&](const auto& s) { return serve(s, [&] { return load_settings(from); }); };
  });
  app.add_subcommand("migrate", "Bring the database schema up to date")->callback([&] { chosen = migrate; });

  bool json = false;
  auto* check_command = app.add_subcommand("check", "Check configuration, database and keys without starting");
  check_command->add_flag("--json", json, "One JSON object instead of lines");
  check_command->callback([&] { chosen = [&](const auto& s) { return check(s, json); }; });

  seed_options options;
  auto* dev = app.add_subcommand("dev", "For development")->require_subcommand(1);
  auto* seed_command = dev->add_subcommand("seed", "Fill an empty database with made-up companies");
  seed_command->add_option("--companies", options.companies, "How many")->check(CLI::Range(0, 1'000'000));
  seed_command->add_option("--targets", options.targets,
                           "Write number,account_sid,auth_token,path of each to this CSV");
  seed_command->callback([&] { chosen = [&](const auto& s) { return seed(s, options); }; });

  CLI11_PARSE(app, argc, argv);
  if (!file.empty())
    from.file = file;
  from.environment = config::process_environment();
  config::wipe_secrets_from_environment();
  const auto settings = load_settings(from);
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
