#pragma once

#include "persistence/checkpointer.hpp"
#include "persistence/database.hpp"
#include "persistence/database_url.hpp"
#include "persistence/event_news.hpp"
#include "persistence/lock_file.hpp"
#include "persistence/watchdog.hpp"
#include "persistence/watched_companies.hpp"

#include <mutex>
#include <optional>

namespace trunkline::persistence {

/// What all sessions of a database share.
struct database::impl {
  database_settings settings;
  database_address address;
  std::optional<lock_file> lock; ///< SQLite
  watchdog deadlines;
  /// SQLite has one writer at a time and lets the others poll; within the process they queue here instead.
  std::timed_mutex writer;
  std::optional<checkpointer> checkpoints; ///< SQLite
  watched_companies watched;
  event_bell events;
};

} // namespace trunkline::persistence
