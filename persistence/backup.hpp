#pragma once

#include "core/error.hpp"
#include "core/secret.hpp"

#include <string>

namespace trunkline::persistence {

// Of SQLite; PostgreSQL has pg_dump. Errors say what to do instead.

/// Writes the database as it is at this moment to a new file, mode 0600, on disk when this returns; beside a node that
/// runs, too.
core::expected<void> back_up(const std::string& url, const std::string& file);

struct restore_settings {
  std::string url;
  std::string backup;
  bool over_companies = false; ///< otherwise a database that has companies is not replaced
  std::string master_key_file;
  core::secret master_key;
};

/// Puts a backup in the place of the database, once it has been seen to be whole, of a schema that this program knows,
/// and sealed with the master key at hand. Refused while a node works on the database.
core::expected<void> restore(const restore_settings& how);

} // namespace trunkline::persistence
