#include "persistence/watched_companies.hpp"

#include "persistence/statement.hpp"

namespace trunkline::persistence {

watched_companies::snapshot_ptr watched_companies::now() const {
  const std::lock_guard held(lock_);
  return known_;
}

watched_companies::snapshot_ptr watched_companies::read_again(soci::session& sql, dialect kind) {
  auto read = std::make_shared<snapshot>();
  read->version = 0;
  // Before the rows, and in a statement of its own: they may be newer than their version, never older.
  if (kind == dialect::postgresql)
    fetch_row(sql, "select last_value from company_watch_version", std::tie(read->version));
  std::string company;
  for_each_row(sql, "select company_id from company_watch where watched_at > 0", std::tie(company),
               [&] { read->companies.insert(company); });
  const std::lock_guard held(lock_);
  if (read->version >= known_->version)
    known_ = read;
  return read;
}

} // namespace trunkline::persistence
