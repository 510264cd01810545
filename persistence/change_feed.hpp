#pragma once

#include "core/error.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace trunkline::persistence {

class database;

/// Which companies have been changed or removed, by whichever node.
struct company_changes {
  bool everything = false; ///< nobody can say which: read all of them again
  std::vector<core::tenant_id> companies;
};

/// What has been changed since the last time it was asked; the first time: since it was made. A change may be told
/// twice, never not at all. PostgreSQL only; for one thread at a time.
class change_feed {
public:
  virtual ~change_feed() = default;
  virtual core::expected<company_changes> read() = 0;
};

/// The channel on which a listener hears that there is something to read.
inline constexpr auto company_channel = "trunkline_company";

/// Rows are kept for `keep`, by whoever reads; a reader that was away longer hears `everything`.
std::unique_ptr<change_feed> make_change_feed(database& db, std::chrono::seconds keep = std::chrono::hours(1));

} // namespace trunkline::persistence
