#pragma once

#include "persistence/journal.hpp"
#include "persistence/stores.hpp"

#include <functional>
#include <vector>

namespace trunkline::persistence {

/// Takes the journal's events in order, in batches that the database can bear: half of one that failed, then slowly
/// more.
class journal_drain {
public:
  static constexpr size_t largest_batch = 512;

  explicit journal_drain(journal& from) : from_(from) {}

  /// The next batch; empty when the journal is.
  std::vector<const core::webhook_event*> next();
  /// The database has it. What it refused is set aside.
  void stored(const std::vector<inbox_outcome>& outcomes);
  /// It has not: next() returns no more than half of it.
  void failed() { most_ = std::max<size_t>(1, most_ / 2); }

  /// How many are not in the database yet.
  size_t left() const { return from_.events() - done_; }
  std::optional<core::timestamp> oldest() const;

private:
  journal& from_;
  std::vector<core::webhook_event> front_;
  size_t done_ = 0, taken_ = 0, most_ = largest_batch;
};

/// Stores everything that earlier runs have left in the folders below `home`, whoever has left it. After each batch
/// `go_on` hears why it failed, or null; it says whether to try the next one, or this one again.
core::expected<void> drain_journals(const std::filesystem::path& home, inbox_store& into,
                                    const std::function<bool(const core::error* failure)>& go_on);

} // namespace trunkline::persistence
