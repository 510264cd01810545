#pragma once

#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace trunkline::cli {

/// What a command line comes to.
using command = std::function<int(const config::settings&)>;

/// Adds `trunkline companies`, `keys` and `users`; whichever is given ends up in `chosen`.
void add_companies(CLI::App& app, command& chosen);
void add_keys(CLI::App& app, command& chosen);
void add_users(CLI::App& app, command& chosen);
void add_cluster(CLI::App& app, command& chosen);
/// `trunkline backup` and `restore`.
void add_backup(CLI::App& app, command& chosen);

} // namespace trunkline::cli
