#pragma once

#include "actors/tenant_registry.hpp"

#include <cstdint>
#include <set>
#include <utility>

namespace trunkline::actors {

/// The running companies, in the order in which they were last used as far as that is known here: a webhook does not
/// tell. Who turns out to have been used since is moved back when looked at, so the order costs only those who want
/// somebody to go.
class usage_order {
public:
  size_t size() const { return order_.size(); }

  void put(tenant_slot& slot, int64_t used_ms); ///< or moves it
  void remove(tenant_slot& slot);               ///< or does nothing

  /// The company that was left alone for longest, has nothing in flight and was last used at `until_ms` at the latest;
  /// null for none. If `looks` at companies are not enough to find it, the best one of those looked at.
  tenant_slot* longest_unused(core::steady_time now, int64_t until_ms, size_t looks);

private:
  std::set<std::pair<int64_t, tenant_slot*>> order_; ///< by tenant_slot::known_use_ms
};

} // namespace trunkline::actors
