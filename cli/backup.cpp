#include "persistence/backup.hpp"

#include "cli/admin.hpp"
#include "cli/administration.hpp"

#include <cstdio>

namespace trunkline::cli {

void add_backup(CLI::App& app, command& chosen) {
  const auto file = std::make_shared<std::string>();
  auto* saved = app.add_subcommand("backup", "Copy the SQLite database to a file, beside a running node, too");
  saved->add_option("file", *file, "A new file")->required();
  saved->callback([&chosen, file] {
    chosen = [file](const config::settings& settings) {
      const auto done = persistence::back_up(settings.database.reveal(), *file);
      if (done)
        std::printf("%s is written. Without the master key it can not be used: keep that apart.\n", file->c_str());
      return exit_status(done);
    };
  });
  const auto force = std::make_shared<bool>(false);
  auto* restored = app.add_subcommand("restore", "Put a backup in the place of the SQLite database; no node may run");
  restored->add_option("file", *file, "Made by `trunkline backup`")->required();
  restored->add_flag("--force", *force, "Even if the database has companies, which are lost");
  restored->callback([&chosen, file, force] {
    chosen = [file, force](const config::settings& settings) {
      const auto done = persistence::restore(
          {settings.database.reveal(), *file, *force, settings.master_key_file, settings.master_key});
      if (done)
        std::printf("The database is as it was in %s.\n", file->c_str());
      return exit_status(done);
    };
  });
}

} // namespace trunkline::cli
