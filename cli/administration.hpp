#pragma once

#include "cli/admin.hpp"
#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace trunkline::cli {

/// What a command line comes to.
using command = std::function<int(const config::settings&)>;

/// How a command gets at the API.
using open_api = core::expected<std::unique_ptr<admin>> (*)(const config::settings&);

/// Does `work` with the API; the exit status.
template <class Work>
int with_api(const config::settings& settings, open_api open, Work work) {
  const auto api = open(settings);
  return exit_status(api ? work(**api) : core::fail(api.error()));
}

/// `trunkline companies ...` and the like: commands that share their options, of which one is `bool json`. Whichever is
/// given ends up in `chosen`.
template <class Options>
class command_group {
public:
  using question = core::expected<void> (*)(admin&, const Options&);

  command_group(CLI::App& app, command& chosen, const char* name, const char* what, open_api open = admin::open)
      : group_(app.add_subcommand(name, what)->require_subcommand(1)), chosen_(chosen), open_(open) {}

  CLI::App* add(const char* name, const char* what, command work) {
    auto* made = group_->add_subcommand(name, what);
    made->add_flag("--json", options->json, "The API's JSON");
    made->callback([&chosen = chosen_, work = std::move(work)] { chosen = work; });
    return made;
  }
  CLI::App* add(const char* name, const char* what, question ask) {
    return add(name, what, command([options = options, open = open_, ask](const config::settings& settings) {
                 return with_api(settings, open, [&](admin& api) { return ask(api, *options); });
               }));
  }

  const std::shared_ptr<Options> options = std::make_shared<Options>(); ///< live as long as the commands

private:
  CLI::App* group_;
  command& chosen_;
  open_api open_;
};

/// Adds `trunkline companies`, `keys` and `users`; whichever is given ends up in `chosen`.
void add_companies(CLI::App& app, command& chosen);
void add_keys(CLI::App& app, command& chosen);
void add_users(CLI::App& app, command& chosen);
void add_cluster(CLI::App& app, command& chosen);
/// `trunkline backup` and `restore`.
void add_backup(CLI::App& app, command& chosen);

} // namespace trunkline::cli
