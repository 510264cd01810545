#pragma once

#include "config/settings.hpp"
#include "core/error.hpp"

#include <filesystem>
#include <map>
#include <vector>

namespace trunkline::config {

/// Where settings come from; a later one wins: defaults, TOML file, .env, environment. An empty value means the
/// default.
struct sources {
  std::filesystem::path folder = ".";        ///< .env is looked for here, and trunkline.toml
  std::optional<std::filesystem::path> file; ///< another TOML file; this one must exist
  std::map<std::string, std::string> environment;
};

/// The variables of this process.
std::map<std::string, std::string> process_environment();

/// Overwrites every secret of the table where this process got it from, so that /proc/PID/environ shows it no more.
/// Before any thread is started.
void wipe_secrets_from_environment();

struct loaded {
  settings values;
  std::vector<std::string> warnings; ///< sentences for the log and `trunkline check`
};

/// Reads and checks everything, creates nothing. The error is ec::invalid_configuration; its detail has one line for
/// each thing that is wrong, "trunkline.toml:3: limits.store_workers: must be ...", and no secret.
core::expected<loaded> load(const sources& from);

/// What `public_url` is when nobody set it. load() leaves it empty only when `listen` has port 0: the port is known
/// when it is bound, and whoever binds it asks here.
std::string derived_public_url(const endpoint& listen);

} // namespace trunkline::config
