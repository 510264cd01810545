#pragma once

#include "config/settings.hpp"
#include "core/error.hpp"

#include <functional>
#include <string>

namespace trunkline::cli {

// Each command says on stderr what went wrong and what to do, and returns its exit status.

/// Reads the configuration again.
using settings_source = std::function<core::expected<config::settings>()>;

/// Runs a node until SIGTERM or SIGINT, then drains it. SIGHUP reads again what may change meanwhile.
int serve(const config::settings& settings, const settings_source& read);

struct check_options {
  bool json = false;   ///< one object instead of lines
  bool twilio = false; ///< try the credentials of every company, too
};

/// Configuration, database, schema and keys, without starting anything; a node that runs is asked how it is.
int check(const config::settings& settings, const check_options& options);

/// Applies the migrations that are missing.
int migrate(const config::settings& settings);

struct seed_options {
  size_t companies = 0;
  std::string targets; ///< CSV of number,account_sid,auth_token,path for load generators; empty for none
};

/// Fills an empty database with made-up companies, for demonstration and measurement.
int seed(const config::settings& settings, const seed_options& options);

} // namespace trunkline::cli
