#pragma once

#include "core/error.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace trunkline::persistence {

enum class dialect : uint8_t { sqlite, postgresql };

struct database_settings {
  std::string url; ///< "sqlite:PATH" or "postgresql://..."; may hold a password, so it is never printed
  std::chrono::milliseconds statement_deadline{5000}; ///< kept by the watchdog, also against a frozen server
  std::chrono::milliseconds connect_timeout{2000};
};

/// What `trunkline check` and start-up want to know.
struct schema_status {
  int current = 0; ///< last migration applied, 0 for an empty database
  int wanted = 0;  ///< last migration this program knows
};

class event_bell;
class session;

/// One database, however many sessions. Thread-safe. SQLite: opening takes a lock file (a second process is refused in
/// words), sets WAL and synchronous=FULL and reads both back; PostgreSQL: every new session sets and reads back
/// synchronous_commit=on and READ COMMITTED. A database that does not confirm is refused.
class database {
public:
  static core::expected<std::unique_ptr<database>> open(database_settings settings);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  dialect kind() const;

  core::expected<schema_status> schema();
  /// Applies what is missing, under a lock that other nodes respect; returns the status afterwards. A schema newer than
  /// this program is ec::database_unavailable and names both versions.
  core::expected<schema_status> migrate();

  /// Rung after a commit that has kept live events.
  event_bell& events();

  /// A connection of one's own: for one thread at a time. Connects on first use and again after a failure.
  std::unique_ptr<session> connect();

  struct impl;

private:
  explicit database(std::unique_ptr<impl> body);
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::persistence
