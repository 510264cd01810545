#pragma once

#include "core/ids.hpp"

#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace trunkline::actors {

/// Quarantines that the database has not heard of, so that they are told again: after a restart the company would run
/// as if nothing had been. SHARDS and the STORE workers' threads both write here.
class unstored_quarantines {
public:
  void add(const core::tenant_id& tenant) {
    const std::lock_guard held(lock_);
    unstored_.insert(tenant);
  }

  /// While a release is under way nothing is told again, for it would be stored after the release.
  void release_begins(const core::tenant_id& tenant) {
    const std::lock_guard held(lock_);
    being_released_.insert(tenant);
  }
  void release_ends(const core::tenant_id& tenant, bool released) {
    const std::lock_guard held(lock_);
    being_released_.erase(being_released_.find(tenant));
    if (released)
      unstored_.erase(tenant);
  }

  /// Those to tell again now; who fails once more is added once more.
  std::vector<core::tenant_id> take() {
    const std::lock_guard held(lock_);
    std::vector<core::tenant_id> due;
    for (auto at = unstored_.begin(); at != unstored_.end();)
      if (being_released_.contains(*at))
        ++at;
      else
        due.push_back(std::move(unstored_.extract(at++).value()));
    return due;
  }

private:
  std::mutex lock_;
  std::set<core::tenant_id> unstored_;
  std::multiset<core::tenant_id> being_released_; ///< several may ask for it at once
};

} // namespace trunkline::actors
