#pragma once

#include "config/settings.hpp"
#include "core/error.hpp"
#include "persistence/database.hpp"

#include <chrono>
#include <filesystem>
#include <functional>

namespace trunkline::cluster {

/// Whether SIGTERM or SIGINT, which all threads have blocked, is pending: somebody wants us to end, and nobody has
/// looked yet.
bool told_to_stop();

/// Where this node keeps what it has promised while the database was away.
std::filesystem::path journal_home(const config::settings& settings);

/// Runs `open`. If the database is away and the journal holds webhooks that were answered, it is run again until the
/// database is there: whoever has promised something does not give up. SIGTERM or SIGINT, blocked and pending, end that
/// with ec::not_ready and stay pending.
core::expected<void> open_patiently(const config::settings& settings, const std::function<core::expected<void>()>& open,
                                    std::chrono::milliseconds first_pause = std::chrono::milliseconds(100));

/// What earlier runs have left in the journal goes to the database before anybody is served.
core::expected<void> drain_what_was_left(const config::settings& settings, persistence::database& db);

} // namespace trunkline::cluster
