#pragma once

#include "core/error.hpp"
#include "core/ids.hpp"
#include "persistence/database.hpp"

#include <map>
#include <string>

namespace soci {
class session;
}

namespace trunkline::persistence {

class vault;

// Rows of `meta`: `key_check` (version 1) and `key_check.N` hold what a master key is recognised by, one for each
// version that something in the database is sealed with; `platform_key.N` holds the data key of what belongs to no
// company. Whoever seals a new data key keeps the check row until his transaction ends, and a rotation ends by locking
// that of the old version: so none is ever left behind.

enum class keep : uint8_t { nothing, shared, exclusive };

/// By version.
std::map<int, std::string> read_key_checks(soci::session& sql, dialect kind, keep rows = keep::nothing);

/// The first to arrive stays, whoever else tries at the same moment: returns the one that did.
std::string store_key_check(soci::session& sql, int version, const std::string& value);

/// A data key sealed with the newest version that the database knows; to be stored in the same transaction.
core::expected<std::string> make_data_key(soci::session& sql, dialect kind, const vault& keys,
                                          const core::tenant_id& tenant);

/// The data key of what belongs to no company. It is made when there is none.
core::expected<std::string> platform_key(soci::session& sql, dialect kind, const vault& keys);
/// The one of this version; "" if there is none.
std::string platform_key_of(soci::session& sql, int version);
core::expected<std::string> make_platform_key(soci::session& sql, const vault& keys, int version);

/// What the kept answer of a request is sealed as.
std::string answer_column(const std::string& scope, const std::string& key);

/// Waits for whoever is sealing a data key or an answer, and keeps others from beginning to.
void lock_key_versions(soci::session& sql, dialect kind);

/// Nothing is sealed with versions older than this any more.
void forget_key_versions(soci::session& sql, dialect kind, int older_than);

} // namespace trunkline::persistence
