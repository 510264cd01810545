#pragma once

#include "core/ids.hpp"
#include "persistence/database.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace soci {
class session;
}

namespace trunkline::persistence {

/// The companies that somebody watches, as this process last read it, so that all others cost the inbox nothing.
///
/// On PostgreSQL any node may have begun to watch one since. Whoever does so moves a sequence on after his commit, and
/// every transaction of the inbox compares it with the version it knows; that is read behind the transaction's own
/// number, so whoever has moved it on can wait for the transactions that have not seen it (event_store::settled_to()).
/// SQLite has one process and one writer: the set changes within the transaction that changes the table.
class watched_companies {
public:
  struct snapshot {
    int64_t version = -1; ///< -1: nothing has been read yet
    std::unordered_set<std::string> companies;

    bool has(const core::tenant_id& company) const { return companies.contains(company.value); }
  };
  using snapshot_ptr = std::shared_ptr<const snapshot>;

  snapshot_ptr now() const;

  /// On SQLite only within a transaction that writes. Throws SOCI's exceptions.
  snapshot_ptr read_again(soci::session& sql, dialect kind);

private:
  mutable std::mutex lock_;
  snapshot_ptr known_ = std::make_shared<const snapshot>();
};

/// PostgreSQL, at the head of a statement that stores facts: one row with `version`, read after the transaction has got
/// its number (a scalar subquery is evaluated when it is needed, which is after the row below it).
inline constexpr std::string_view watch_version_sql =
    "select x.id, (select last_value from company_watch_version) as version "
    "from (select pg_current_xact_id() as id offset 0) as x";

} // namespace trunkline::persistence
