#pragma once

#include "core/secret.hpp"
#include "persistence/database.hpp"

namespace trunkline::persistence {

/// A database URL, taken apart.
struct database_address {
  dialect kind = dialect::sqlite;
  std::string path;          ///< SQLite: the file
  core::secret connect_text; ///< PostgreSQL: what libpq connects with; it holds the password
  core::secret password;     ///< so that it can be taken out of what libpq has to say
};

/// "sqlite:PATH" or "postgresql://..."; errors do not repeat the URL, since it may hold a password.
core::expected<database_address> parse_database_url(const std::string& url, std::chrono::milliseconds connect_timeout);

} // namespace trunkline::persistence
