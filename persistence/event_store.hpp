#pragma once

#include "core/alert.hpp"
#include "core/call.hpp"
#include "core/channel.hpp"
#include "core/error.hpp"
#include "core/live_event.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trunkline::persistence {

class database;

/// Where somebody stands who begins to watch a company.
struct watch_start {
  int64_t last_seq = 0; ///< the last event that there is
  int64_t horizon = 0;  ///< nothing is missed once settled_to() has reached it
};

/// What events are about, as it is now, by id; what is gone is left out.
struct event_subjects {
  std::unordered_map<std::string, core::message_record> messages;
  std::unordered_map<std::string, core::channel_record> channels;
  std::unordered_map<std::string, core::call_record> calls;
  std::unordered_map<std::string, core::alert> alerts;
};

/// What browsers are told. For one thread, on a session of its own.
class event_store {
public:
  virtual ~event_store() = default;

  /// Events of this company are kept from now on, for as long as somebody says still_watched() once a day. When nobody
  /// has for a while, what happened since is not known, and a `resync` says so.
  virtual core::expected<watch_start> watch(const core::tenant_id& company, core::timestamp now) = 0;
  /// Grows as transactions end.
  virtual core::expected<int64_t> settled_to() = 0;
  /// True if all of these are still watched; the others have to be watch()ed again.
  virtual core::expected<bool> still_watched(const std::vector<core::tenant_id>& companies, core::timestamp now) = 0;
  /// Nothing more is kept of companies that nobody has watched since.
  virtual core::expected<void> let_lapse(core::timestamp unwatched_since) = 0;
  /// What the inbox knows of who is watched is read again, in case that it was not told.
  virtual core::expected<void> refresh() = 0;

  /// The number of the last event of each company.
  virtual core::expected<std::vector<std::pair<core::tenant_id, int64_t>>>
  heads(const std::vector<core::tenant_id>& companies) = 0;
  /// Events with a greater number, in their order, at most so many. The first that is returned has not the next number
  /// if that is not kept any more.
  virtual core::expected<std::vector<core::kept_event>> read(const core::tenant_id& company, int64_t after,
                                                             size_t most) = 0;
  virtual core::expected<event_subjects> subjects(const core::tenant_id& company,
                                                  const std::vector<core::kept_event>& events) = 0;

  /// Removes what is older or more than this of the companies behind `from`, at most `rows`; returns where to go on,
  /// nothing when all have been looked at.
  virtual core::expected<std::optional<core::tenant_id>> prune(const core::tenant_id& from, core::timestamp before,
                                                               int64_t most_kept, size_t rows) = 0;
};

std::unique_ptr<event_store> make_event_store(database& db);

} // namespace trunkline::persistence
