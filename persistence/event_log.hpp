#pragma once

#include "core/live_event.hpp"
#include "persistence/database.hpp"

#include <string>
#include <vector>

namespace soci {
class session;
}

namespace trunkline::persistence {

class watched_companies;

/// To be called within session::run(..., access::write, ...), anywhere: what browsers are to be told of what this
/// transaction stores. It is numbered and kept as the last thing before the commit, in the order of the calls, and told
/// after it; of companies that nobody watches nothing is kept. Nothing happens if the transaction is undone. A
/// message_status without a channel gets its message's.
void append_events(std::vector<core::live_event> events);

/// What is appended in this thread while it lives belongs to one transaction, whose session has it.
class pending_events {
public:
  pending_events();
  ~pending_events();
  pending_events(const pending_events&) = delete;
  pending_events& operator=(const pending_events&) = delete;

  /// Before the commit; true if anything is kept. The companies' counters are locked from here on, in ascending order
  /// and behind all other locks, so that nobody waits in a circle. May throw SOCI's exceptions.
  bool number(soci::session& sql, dialect kind, watched_companies& watched);

private:
  std::vector<core::live_event> outer_; ///< of another session's transaction, within which this one runs
};

} // namespace trunkline::persistence
