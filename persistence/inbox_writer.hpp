#pragma once

#include "persistence/inbox_batch.hpp"
#include "persistence/watched_companies.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace trunkline::persistence {

/// The statements of the inbox, prepared on one connection. They throw SOCI's exceptions.
class inbox_writer {
public:
  virtual ~inbox_writer() = default;

  /// Outside of any transaction: stores all of a batch with one statement, and tells of every entry whether its row is
  /// ours, or the answer that was stored before. False: nothing was done, this batch needs the statements below.
  virtual bool store_at_once(std::span<inbox_entry> entries, const watched_companies::snapshot& watched) = 0;

  // Within the caller's transaction:
  /// Tells the same of every entry. False: nothing was done, since other companies are watched now.
  virtual bool insert_events(std::span<inbox_entry> entries, const watched_companies::snapshot& watched) = 0;
  virtual void merge_calls(std::span<const call_row> calls) = 0;
  /// The ids of those that were not there yet, in ascending order.
  virtual std::vector<std::string> insert_messages(std::span<const message_row> messages) = 0;
  virtual void change_messages(std::span<const message_change> changes) = 0;
  virtual void change_opt_outs(std::span<const opt_out_row> rows) = 0;
};

/// One multi-row statement per table.
std::shared_ptr<inbox_writer> make_postgresql_inbox(soci::session& sql);
/// One prepared statement per row: there is no round trip to save.
std::shared_ptr<inbox_writer> make_sqlite_inbox(soci::session& sql);

} // namespace trunkline::persistence
